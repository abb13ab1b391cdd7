/**
 * What the browser remembers of one user: folded records as they came, encrypted, and how far each collection is read.
 *
 * One IndexedDB database for each user, so signing out is deleting it. Writing folds into what is stored in one
 * transaction: any number of tabs may write the same or different changes in any order. Where the browser refuses a
 * database, everything works without one.
 *
 * @import { Change, Folded } from './fold.js'
 */

import { fold, nameOf } from './fold.js';

/** Grows when what is stored takes another form; what an older one stored is fetched again. */
const VERSION = 2;
const RECORDS = 'records';
const CURSORS = 'cursors';
const FACTS = 'facts';

export class Store {
  /** @type {Promise<IDBDatabase | null>} */
  #database;
  #name;

  /** @param {string} userId */
  constructor(userId) {
    this.#name = `mana:${userId}`;
    this.#database = open(this.#name).catch((error) => {
      console.info('no local store:', error);
      return null;
    });
  }

  /**
   * @param {string} table
   * @returns {Promise<{records: Folded[], cursor: string | null}>}
   */
  async load(table) {
    const database = await this.#database;
    if (!database) return { records: [], cursor: null };
    const transaction = database.transaction([RECORDS, CURSORS]);
    const everyName = IDBKeyRange.bound([table], [table, []]);
    const records = result(transaction.objectStore(RECORDS).getAll(everyName));
    const cursor = result(transaction.objectStore(CURSORS).get(table));
    return { records: await records, cursor: (await cursor) ?? null };
  }

  /**
   * @param {string} table
   * @param {Change[]} changes
   * @param {string | null} cursor Where the next pull begins; `null` leaves it.
   */
  async apply(table, changes, cursor) {
    const database = await this.#database;
    if (!database) return;
    const transaction = database.transaction([RECORDS, CURSORS], 'readwrite');
    const records = transaction.objectStore(RECORDS);
    for (const [name, own] of Map.groupBy(changes, nameOf)) {
      const request = records.get([table, name]);
      request.onsuccess = () => records.put(own.reduce(fold, request.result), [table, name]);
    }
    if (cursor !== null) transaction.objectStore(CURSORS).put(cursor, table);
    await done(transaction);
  }

  /** @param {string} name */
  async fact(name) {
    const database = await this.#database;
    return database ? result(database.transaction(FACTS).objectStore(FACTS).get(name)) : undefined;
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  async setFact(name, value) {
    const database = await this.#database;
    if (!database) return;
    const transaction = database.transaction(FACTS, 'readwrite');
    transaction.objectStore(FACTS).put(value, name);
    await done(transaction);
  }

  /** Forgets the user. */
  async destroy() {
    const database = await this.#database;
    database?.close();
    if (database) await result(indexedDB.deleteDatabase(this.#name));
  }
}

/** @param {string} name */
async function open(name) {
  const request = indexedDB.open(name, VERSION);
  request.onupgradeneeded = () => {
    for (const store of [...request.result.objectStoreNames]) request.result.deleteObjectStore(store);
    for (const store of [RECORDS, CURSORS, FACTS]) request.result.createObjectStore(store);
  };
  const database = await result(request);
  // Another tab signed out: let it delete.
  database.onversionchange = () => database.close();
  return database;
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {IDBTransaction} transaction */
function done(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(undefined);
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}
