/**
 * The user's master key: fetched for this visit, held by WebCrypto, stored nowhere.
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
