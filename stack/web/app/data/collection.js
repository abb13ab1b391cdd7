/**
 * One collection as the pages see it: decrypted records that stay current.
 *
 * Local-first: shows what the browser remembers, then pulls, then follows. Ciphertext never leaves this module: a field
 * that cannot be read becomes {@link UNREADABLE}.
 *
 * @import { CollectionConfig } from '../config.js'
 * @import { Change, Folded } from './fold.js'
 * @import { Keys } from './keys.js'
 * @import { Store } from './store.js'
 * @import { Page, Place, SyncClient } from './sync.js'
 *
 * @typedef {Record<string, unknown> & {id: string, spaceId: string | null}} Item A decrypted record.
 *
 * @typedef {object} Surroundings What a collection needs from the rest of the app.
 * @property {Store} store
 * @property {SyncClient | null} sync `null` while nobody can be reached.
 * @property {Keys} keys
 * @property {(change: Change) => void} written Called with every change this tab made.
 */

import { decryptField, encryptField, isEncrypted } from './field-crypto.js';
import { fold, isDeleted, nameOf, timeOfWrite } from './fold.js';
import { START } from './sync.js';

/** Stands where a field cannot be decrypted. */
export const UNREADABLE = Symbol('unreadable');

export class Collection extends EventTarget {
  /** Whether everything the server had when the page was opened has arrived. */
  synced = false;
  #config;
  #surroundings;
  #cursor = START;
  /** @type {Map<string, Folded>} What the server knows, by the records' names. */
  #records = new Map();
  /** @type {Map<string, Change[]>} Own changes on their way to it. */
  #pending = new Map();
  /** @type {Map<string, Item>} */
  #items = new Map();
  /** Records are decrypted in the order in which they changed. */
  #work = Promise.resolve();

  /**
   * @param {CollectionConfig} config
   * @param {Surroundings} surroundings
   */
  constructor(config, surroundings) {
    super();
    this.#config = config;
    this.#surroundings = surroundings;
  }

  get module() {
    return this.#config.module;
  }

  get table() {
    return this.#config.table;
  }

  /** Every record that is not deleted, in no particular order. */
  get items() {
    return [...this.#items.values()];
  }

  /** Shows what the browser remembers. */
  async load() {
    const { records, cursor } = await this.#surroundings.store.load(this.table);
    for (const record of records) this.#records.set(nameOf(record), record);
    this.#cursor = cursor ?? START;
    await this.#show(records.map(nameOf));
  }

  /** Fetches what is new. */
  async pull() {
    const { sync } = this.#surroundings;
    if (!sync) return;
    for await (const page of sync.pull(this.#config, this.#cursor)) await this.#take(page.changes, page.cursor);
    if (this.synced) return;
    this.synced = true;
    this.dispatchEvent(new Event('change'));
  }

  /**
   * How far this collection was read: where a stream of it has to begin.
   *
   * @returns {Place}
   */
  get place() {
    return { collection: this.#config, since: this.#cursor };
  }

  /**
   * Takes changes that the stream brought.
   *
   * @param {Page} page
   */
  async hear({ changes, cursor }) {
    await this.#take(changes, cursor);
  }

  /**
   * Takes changes that another tab heard of. The cursor stays: it only says how far this tab itself has read.
   *
   * @param {Change[]} changes
   */
  async overhear(changes) {
    await this.#take(changes, null);
  }

  /**
   * Adds a record; it shows at once and goes again if the server does not take it.
   *
   * @param {Record<string, unknown> & {id: string, spaceId: string}} data Not yet encrypted.
   * @throws {Error} When the server did not take it.
   */
  async insert(data) {
    const sealed = await this.#seal(data, data.spaceId);
    await this.#write({ table: this.table, id: data.id, op: 'insert', spaceId: data.spaceId, data: sealed });
  }

  /**
   * Sets fields of a record, in the same way.
   *
   * @param {string} name The record's, see `nameOf`.
   * @param {Record<string, unknown>} values Not yet encrypted.
   * @throws {Error} When the server did not take them.
   */
  async update(name, values) {
    const record = this.#current(name);
    if (!record) throw new Error(`there is no record ${name}`);
    const at = timeOfWrite(record, Object.keys(values), new Date());
    const sealed = Object.entries(await this.#seal({ ...values, updatedAt: at }, record.spaceId));
    const fields = Object.fromEntries(sealed.map(([name, value]) => [name, { value, at }]));
    const { id, spaceId } = record;
    await this.#write({ table: this.table, id, op: 'update', spaceId: spaceId ?? undefined, fields });
  }

  /** @param {Change} change */
  async #write(change) {
    const { sync, written } = this.#surroundings;
    if (!sync) throw new Error('offline');
    const name = nameOf(change);
    this.#pending.set(name, [...(this.#pending.get(name) ?? []), change]);
    await this.#show([name]);
    try {
      await sync.push(this.#config, this.#cursor, { ...change, origin: 'user' });
      written(change);
      this.#settle(change);
      await this.#take([change], null);
    } catch (error) {
      this.#settle(change);
      await this.#show([name]);
      throw error;
    }
  }

  /** @param {Change} change No longer on its way. */
  #settle(change) {
    const name = nameOf(change);
    const rest = (this.#pending.get(name) ?? []).filter((other) => other !== change);
    if (rest.length > 0) this.#pending.set(name, rest);
    else this.#pending.delete(name);
  }

  /**
   * @param {Change[]} changes
   * @param {string | null} cursor
   */
  async #take(changes, cursor) {
    const own = changes.filter((change) => change.table === this.table);
    for (const change of own) this.#records.set(nameOf(change), fold(this.#records.get(nameOf(change)), change));
    if (cursor !== null) this.#cursor = cursor;
    if (own.length > 0 || cursor !== null) {
      const stored = this.#surroundings.store.apply(this.table, own, cursor);
      stored.catch((error) => console.info('not remembered:', error));
    }
    if (own.length > 0) await this.#show([...new Set(own.map(nameOf))]);
  }

  /** @param {string} name */
  #current(name) {
    return (this.#pending.get(name) ?? []).reduce(fold, this.#records.get(name));
  }

  /** @param {string[]} names Records whose decrypted form is out of date. */
  async #show(names) {
    this.#work = this.#work.then(async () => {
      const items = await Promise.all(names.map((name) => this.#open(this.#current(name))));
      names.forEach((name, index) => {
        const item = items[index];
        if (item) this.#items.set(name, item);
        else this.#items.delete(name);
      });
      this.dispatchEvent(new Event('change'));
    });
    await this.#work;
  }

  /**
   * @param {Folded | undefined} record
   * @returns {Promise<Item | null>}
   */
  async #open(record) {
    if (!record || isDeleted(record)) return null;
    const fields = [...record.fields].map(async ([name, { value }]) => [name, await this.#read(value, record.spaceId)]);
    const item = Object.fromEntries(await Promise.all(fields));
    return { ...item, id: record.id, spaceId: record.spaceId };
  }

  /**
   * @param {unknown} value
   * @param {string | null} spaceId
   */
  async #read(value, spaceId) {
    if (!isEncrypted(value)) return value;
    for (const key of (await this.#surroundings.keys.of(spaceId)).read) {
      try {
        const plain = await decryptField(key, value);
        // Encrypted twice: still ciphertext, and no ciphertext is ever shown.
        return isEncrypted(plain) ? UNREADABLE : plain;
      } catch {
        // Under another of the keys, or nobody's here.
      }
    }
    return UNREADABLE;
  }

  /**
   * @param {Record<string, unknown>} values
   * @param {string | null} spaceId
   * @returns {Promise<Record<string, unknown>>}
   */
  async #seal(values, spaceId) {
    const key = (await this.#surroundings.keys.of(spaceId)).write;
    const sealed = Object.entries(values).map(async ([name, value]) => {
      if (value === null || !this.#config.encryptedFields.includes(name)) return [name, value];
      if (!key) throw new Error('the vault is shut');
      return [name, await encryptField(key, value)];
    });
    return Object.fromEntries(await Promise.all(sealed));
  }
}
