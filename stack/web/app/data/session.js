/**
 * Who is signed in. The browser holds the session cookie; this module turns it into a user, an access token for the
 * other services and the list of spaces. It never sees the cookie itself.
 *
 * @import { Config } from '../config.js'
 *
 * @typedef {object} User
 * @property {string} id
 * @property {string} name
 * @property {string} email
 *
 * @typedef {object} Space
 * @property {string} id
 * @property {string} name
 * @property {{type: string}} metadata
 * @property {string} role The user's own: owner, admin or member.
 * @property {string} createdAt
 */

import { Refused, jsonBody, request } from './request.js';

const ORGANIZATION = '/api/auth/organization';

/** The session ended: signed out elsewhere, expired, or now another user's. */
export class SessionEnded extends Error {
  name = 'SessionEnded';
}

export class Session {
  #authUrl;
  #token;
  /** @type {Promise<string> | null} */
  #renewal = null;

  /**
   * @param {string} authUrl
   * @param {User} user
   * @param {string} token
   */
  constructor(authUrl, user, token) {
    this.#authUrl = authUrl;
    this.#token = token;
    this.user = user;
  }

  /**
   * The session behind the browser's cookie; `null` when nobody is signed in.
   *
   * @param {Config} config
   * @returns {Promise<Session | null>}
   * @throws {Unreachable | Refused}
   */
  static async open({ authUrl }) {
    const response = await request(`${authUrl}/api/auth/get-session`, { credentials: 'include' });
    const session = await response.json();
    if (!session?.user) return null;
    const token = response.headers.get('set-auth-jwt') ?? (await fetchToken(authUrl));
    return token === null ? null : new Session(authUrl, session.user, token);
  }

  /**
   * A request with the access token; an expired one is renewed once.
   *
   * @param {string} url
   * @param {RequestInit} [init]
   * @returns {Promise<Response>}
   * @throws {Unreachable | Refused | SessionEnded}
   */
  async request(url, init = {}) {
    const token = this.#token;
    try {
      return await request(url, withToken(init, token));
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
    }
    if (this.#token === token) await (this.#renewal ??= this.#renew());
    return request(url, withToken(init, this.#token));
  }

  /** Whether the administrators' pages are offered; what they show, auth gives to administrators alone. */
  get isAdmin() {
    return claimsOf(this.#token).role === 'admin';
  }

  /** @returns {Promise<Space[]>} */
  async spaces() {
    const url = `${this.#authUrl}${ORGANIZATION}/list`;
    return (await request(url, { credentials: 'include' })).json();
  }

  /**
   * Invites somebody into a space; they accept with the word that comes back.
   *
   * @param {string} organizationId
   * @param {string} email
   * @returns {Promise<string>}
   */
  async invite(organizationId, email) {
    const body = jsonBody({ email, role: 'member', organizationId, resend: true });
    const answer = await request(`${this.#authUrl}${ORGANIZATION}/invite-member`, { ...body, credentials: 'include' });
    return (await answer.json()).id;
  }

  /** @param {string} invitationId */
  async accept(invitationId) {
    const body = jsonBody({ invitationId });
    await request(`${this.#authUrl}${ORGANIZATION}/accept-invitation`, { ...body, credentials: 'include' });
  }

  /**
   * How the user's key is kept.
   *
   * @returns {Promise<{vaultExists: boolean, hasRecoveryWrap: boolean, zeroKnowledge: boolean}>}
   */
  async vaultStatus() {
    return (await this.request(`${this.#authUrl}/api/v1/me/encryption-vault/status`)).json();
  }

  async signOut() {
    await request(`${this.#authUrl}/api/v1/auth/logout`, { method: 'POST', credentials: 'include' });
  }

  async #renew() {
    try {
      const token = await fetchToken(this.#authUrl);
      if (token === null || claimsOf(token).sub !== this.user.id) throw new SessionEnded();
      this.#token = token;
      return token;
    } finally {
      this.#renewal = null;
    }
  }
}

/**
 * @param {Config} config
 * @param {string} email
 * @param {string} password
 * @throws {Unreachable | Refused}
 */
export async function signIn({ authUrl }, email, password) {
  await request(`${authUrl}/api/v1/auth/login`, { ...jsonBody({ email, password }), credentials: 'include' });
}

/**
 * @param {string} authUrl
 * @returns {Promise<string | null>} `null` when the cookie holds no session.
 */
async function fetchToken(authUrl) {
  try {
    const response = await request(`${authUrl}/api/auth/token`, { credentials: 'include' });
    return (await response.json()).token;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return null;
    throw error;
  }
}

/**
 * @param {RequestInit} init
 * @param {string} token
 * @returns {RequestInit}
 */
function withToken(init, token) {
  const headers = new Headers(init.headers);
  headers.set('Authorization', `Bearer ${token}`);
  return { ...init, headers };
}

/**
 * What a token says. The services check it; here it only tells whether the cookie changed hands, and what to offer.
 *
 * @param {string} token
 * @returns {{sub: string, role: string}}
 */
function claimsOf(token) {
  const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
  return JSON.parse(atob(payload));
}
