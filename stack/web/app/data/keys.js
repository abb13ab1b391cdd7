/**
 * Which keys belong to which space. What is in the personal space is under the user's own key, and what is in a shared
 * one under the key of that space, which every member has.
 *
 * @typedef {object} SpaceKeys
 * @property {CryptoKey | null} write `null` where nothing can be encrypted.
 * @property {CryptoKey[]} read Those under which a record may be, the likeliest first.
 */

export class Keys {
  #own;
  #personal;
  #open;
  /** @type {Map<string, Promise<SpaceKeys>>} */
  #shared = new Map();

  /**
   * @param {object} sources
   * @param {Promise<CryptoKey | null>} sources.own `null` where the vault stays shut.
   * @param {Promise<string | null>} sources.personal The id of the personal space, as soon as the spaces are known.
   * @param {(spaceId: string) => Promise<CryptoKey | null | undefined>} sources.open `null` where the key is refused,
   *   `undefined` where auth knows no keys of spaces.
   */
  constructor({ own, personal, open }) {
    this.#own = own;
    this.#personal = personal;
    this.#open = open;
  }

  /**
   * @param {string | null | undefined} spaceId
   * @returns {Promise<SpaceKeys>}
   */
  async of(spaceId) {
    if (!spaceId || spaceId === (await this.#personal)) return ownAlone(await this.#own);
    const known = this.#shared.get(spaceId) ?? this.#fetch(spaceId);
    this.#shared.set(spaceId, known);
    return known;
  }

  /**
   * @param {string} spaceId
   * @returns {Promise<SpaceKeys>}
   */
  async #fetch(spaceId) {
    const [shared, own] = await Promise.all([this.#open(spaceId), this.#own]);
    // The original's programs write there under their users' own keys.
    if (shared === undefined) return ownAlone(own);
    return { write: shared, read: [shared, own].filter((key) => key !== null) };
  }
}

/**
 * @param {CryptoKey | null} own
 * @returns {SpaceKeys}
 */
function ownAlone(own) {
  return { write: own, read: own ? [own] : [] };
}
