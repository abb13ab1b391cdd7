/**
 * Encrypted fields: `enc:1:{base64(iv)}.{base64(ciphertext and tag)}`, AES-256-GCM over the value's JSON.
 *
 * `null` and absent values are never encrypted; what does not begin with the prefix is read as it is.
 */

const PREFIX = 'enc:1:';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const CHUNK = 0x8000;

/** A field that cannot be read: damaged, or written with another key. */
export class FieldError extends Error {
  name = 'FieldError';
}

/**
 * The master key as WebCrypto keeps it: usable, but never to be read out again.
 *
 * @param {string} base64
 * @returns {Promise<CryptoKey>}
 */
export async function importKey(base64) {
  const bytes = fromBase64(base64);
  if (bytes.length !== KEY_BYTES) throw new FieldError(`a master key has ${KEY_BYTES} bytes, not ${bytes.length}`);
  const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  bytes.fill(0);
  return key;
}

/** @param {unknown} value */
export function isEncrypted(value) {
  return typeof value === 'string' && value.startsWith(PREFIX);
}

/**
 * @param {CryptoKey} key
 * @param {unknown} value
 * @param {Uint8Array<ArrayBuffer>} [iv] Fresh for every value; named only to repeat a known result.
 * @returns {Promise<unknown>} The wire text; `null` and `undefined` as they are.
 */
export async function encryptField(key, value, iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))) {
  if (value === null || value === undefined) return value;
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain);
  return `${PREFIX}${toBase64(iv)}.${toBase64(new Uint8Array(sealed))}`;
}

/**
 * @param {CryptoKey} key
 * @param {unknown} value
 * @returns {Promise<unknown>} The value that was encrypted; anything without the prefix as it is.
 * @throws {FieldError}
 */
export async function decryptField(key, value) {
  if (!isEncrypted(value)) return value;
  const body = /** @type {string} */ (value).slice(PREFIX.length);
  const dot = body.indexOf('.');
  if (dot < 0) throw new FieldError('no separator between iv and ciphertext');
  const iv = fromBase64(body.slice(0, dot));
  const sealed = fromBase64(body.slice(dot + 1));
  if (iv.length !== IV_BYTES) throw new FieldError(`an iv has ${IV_BYTES} bytes, not ${iv.length}`);
  if (sealed.length < TAG_BYTES) throw new FieldError('ciphertext shorter than its tag');
  try {
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed);
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain));
  } catch (cause) {
    throw new FieldError('damaged, or encrypted with another key', { cause });
  }
}

/** @param {string} text */
function fromBase64(text) {
  // `atob` also takes text without padding and with blanks in it; the format does not.
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new FieldError('not base64');
  const binary = atob(text);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** @param {Uint8Array} bytes */
function toBase64(bytes) {
  let binary = '';
  for (let start = 0; start < bytes.length; start += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return btoa(binary);
}
