/**
 * The sync protocol: pull what is new, push what was done here, follow what happens. Sees ciphertext only.
 *
 * @import { CollectionConfig, Config } from '../config.js'
 * @import { Change } from './fold.js'
 * @import { Session } from './session.js'
 *
 * @typedef {object} Page Changes in commit order and the cursor behind them.
 * @property {Change[]} changes
 * @property {string} cursor
 * @property {boolean} hasMore
 *
 * @typedef {object} Place A collection and how far it was read.
 * @property {CollectionConfig} collection
 * @property {string} since
 */

import { readEvents } from './event-stream.js';
import { jsonBody } from './request.js';

/** The cursor before everything. */
export const START = '1970-01-01T00:00:00.000Z';
/** A stream without even a heartbeat for so long is dead, whatever the connection claims. */
const SILENCE_MS = 90_000;

export class SyncClient {
  #session;
  #url;
  #clientId = crypto.randomUUID();

  /**
   * @param {Config} config
   * @param {Session} session
   */
  constructor({ syncUrl }, session) {
    this.#session = session;
    this.#url = syncUrl;
  }

  /**
   * @param {CollectionConfig} collection
   * @param {string} since
   * @returns {AsyncGenerator<Page>} One page after the other until there are no more.
   */
  async *pull({ appId, table }, since) {
    for (let cursor = since, hasMore = true; hasMore;) {
      const query = new URLSearchParams({ collection: table, since: cursor });
      const response = await this.#session.request(`${this.#url}/sync/${appId}/pull?${query}`);
      const page = pageOf(await response.json());
      // A server that says "more" without moving on would be asked for ever.
      hasMore = page.hasMore && page.cursor !== cursor;
      cursor = page.cursor;
      yield page;
    }
  }

  /**
   * @param {CollectionConfig} collection
   * @param {string} since
   * @param {Change & {origin: string}} change
   */
  async push({ appId }, since, change) {
    const body = jsonBody({ clientId: this.#clientId, since, changes: [change] });
    const headers = { ...body.headers, 'X-Client-Id': this.#clientId };
    await this.#session.request(`${this.#url}/sync/${appId}`, { ...body, headers });
  }

  /**
   * What happens from now on in all these collections, on one connection, until it ends. One for each would soon use up
   * the six that a browser keeps to a host.
   *
   * @param {Place[]} places
   * @param {AbortSignal} signal
   * @param {() => void} opened Called once the server has taken the request.
   * @returns {AsyncGenerator<{table: string, page: Page}>}
   */
  async *follow(places, signal, opened) {
    const follow = places.map(({ collection, since }) => `${collection.appId}/${collection.table}@${since}`).join(',');
    const url = `${this.#url}/sync/stream?${new URLSearchParams({ follow })}`;
    const silence = new AbortController();
    const init = { headers: { Accept: 'text/event-stream' }, signal: AbortSignal.any([signal, silence.signal]) };
    let watchdog = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const response = await this.#session.request(url, init);
      opened();
      for await (const event of readEvents(/** @type {ReadableStream} */ (response.body))) {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => silence.abort(), SILENCE_MS);
        if (event.name !== 'changes') continue;
        const data = JSON.parse(event.data);
        const known = places.some(({ collection: { appId, table } }) => data.appId === appId && data.table === table);
        if (known) yield { table: data.table, page: pageOf(data) };
      }
    } finally {
      clearTimeout(watchdog);
    }
  }
}

/**
 * @param {{serverChanges?: Change[], changes?: Change[], syncedUntil: string, hasMore?: boolean}} answer
 * @returns {Page}
 */
function pageOf({ serverChanges, changes, syncedUntil, hasMore }) {
  return { changes: serverChanges ?? changes ?? [], cursor: syncedUntil, hasMore: hasMore === true };
}
