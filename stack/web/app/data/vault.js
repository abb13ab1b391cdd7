/**
 * The user's master key and the keys of shared spaces: fetched for this visit, held by WebCrypto, stored nowhere.
 *
 * @import { Config } from '../config.js'
 * @import { Session } from './session.js'
 */

import { importKey } from './field-crypto.js';
import { Refused } from './request.js';

const VAULT = '/api/v1/me/encryption-vault';

/**
 * @param {Config} config
 * @param {Session} session
 * @returns {Promise<CryptoKey | null>} `null` where only the user's recovery code could open the vault.
 * @throws {Unreachable | Refused | SessionEnded}
 */
export async function openVault({ authUrl }, session) {
  const answer = await (await keyOrInit(authUrl, session)).json();
  return typeof answer.masterKey === 'string' ? importKey(answer.masterKey) : null;
}

/**
 * The key of a shared space that the user is a member of.
 *
 * @param {Config} config
 * @param {Session} session
 * @param {string} spaceId
 * @returns {Promise<CryptoKey>}
 * @throws {Unreachable | Refused | SessionEnded} Refused with 404 by an auth that knows no keys of spaces.
 */
export async function openSpace({ authUrl }, session, spaceId) {
  const answer = await session.request(`${authUrl}${VAULT}/spaces/${encodeURIComponent(spaceId)}/key`);
  return importKey((await answer.json()).masterKey);
}

/**
 * @param {string} authUrl
 * @param {Session} session
 */
async function keyOrInit(authUrl, session) {
  try {
    return await session.request(`${authUrl}${VAULT}/key`);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
    return session.request(`${authUrl}${VAULT}/init`, { method: 'POST' });
  }
}
