/**
 * Everything of one user: the collections, the spaces they belong to and whether the services can be reached.
 *
 * @import { Config } from '../config.js'
 * @import { Item } from './collection.js'
 * @import { Session, Space, User } from './session.js'
 * @import { Message } from './tabs.js'
 */

import { Collection } from './collection.js';
import { Keys } from './keys.js';
import { PersonaReports } from './persona-reports.js';
import { SessionEnded } from './session.js';
import { Refused, Unreachable } from './request.js';
import { Store } from './store.js';
import { SyncClient } from './sync.js';
import { Tabs } from './tabs.js';
import { openSpace, openVault } from './vault.js';

const SPACES = 'spaces';
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

/** Fires `online` when {@link Library.online} changes, `spaces` when the spaces are known and `ended` after the session. */
export class Library extends EventTarget {
  online = true;
  /** @type {Space[]} */
  spaces = [];
  /** @type {Map<string, Collection>} By module. */
  collections = new Map();
  #config;
  #session;
  #store;
  #tabs;
  #sync;
  #spacesCurrent = false;
  /** @type {PromiseWithResolvers<string | null>} The id of the personal space, as soon as it is known. */
  #personalId = Promise.withResolvers();
  /** @type {Promise<void> | null} */
  #catchingUp = null;

  /**
   * @param {Config} config
   * @param {User} user
   * @param {Session | null} session `null` while auth cannot be reached: then everything is read-only.
   */
  constructor(config, user, session) {
    super();
    this.#config = config;
    this.#session = session;
    this.user = user;
    this.#store = new Store(user.id);
    this.#tabs = new Tabs(user.id);
    this.#sync = session ? new SyncClient(config, session) : null;
    this.personas = session?.isAdmin ? new PersonaReports(config, session) : null;
    const surroundings = {
      store: this.#store,
      sync: this.#sync,
      keys: new Keys({
        own: this.#openVault(),
        personal: this.#personalId.promise,
        open: (spaceId) => this.#openSpace(spaceId),
      }),
      written: (/** @type {import('./fold.js').Change} */ change) => {
        this.#tabs.tell({ kind: 'changes', table: change.table, changes: [change] });
      },
    };
    for (const collection of config.collections) {
      this.collections.set(collection.module, new Collection(collection, surroundings));
    }
  }

  /** Whether changes can be made now. */
  get writable() {
    return this.online && this.#session !== null;
  }

  /**
   * The records of `module` that belong to one of the user's spaces.
   *
   * @param {string} module
   * @returns {Item[]}
   */
  items(module) {
    const personal = this.personalSpace?.id ?? null;
    const visible = new Set(this.spaces.map((space) => space.id));
    const items = this.collections.get(module)?.items ?? [];
    return items.filter((item) => visible.has(item.spaceId ?? personal ?? ''));
  }

  get personalSpace() {
    return this.spaces.find((space) => space.metadata.type === 'personal');
  }

  /**
   * The name of a space that is not the user's own alone.
   *
   * @param {string | null} id
   */
  sharedSpaceName(id) {
    const space = this.spaces.find((candidate) => candidate.id === id);
    return space && space !== this.personalSpace ? space.name : null;
  }

  /** Whether everything `modules` show has arrived and is decrypted. */
  synced(/** @type {string[]} */ modules) {
    return this.#spacesCurrent && modules.every((module) => this.collections.get(module)?.synced);
  }

  /** The session, for what is asked of auth; `null` while it cannot be reached. */
  get session() {
    return this.#session;
  }

  /** Asks once more which spaces the user belongs to, and for all that came with a new one. */
  async joined() {
    await this.#loadSpaces();
    this.#catchUp();
  }

  start() {
    this.#tabs.listen((message) => this.#overhear(message));
    if (!this.#session) this.#setOnline(false);
    const spaces = this.#loadSpaces();
    const read = [...this.collections.values()].map((collection) => this.#read(collection));
    if (this.#session) {
      Promise.all([spaces, ...read]).then(() => this.#tabs.lead(() => this.#lead()));
      addEventListener('offline', () => this.#setOnline(false));
      document.addEventListener('visibilitychange', () => document.hidden || this.#catchUp());
    }
  }

  /** @param {Message} message What another tab told. */
  #overhear(message) {
    if (message.kind === 'signed-out') this.dispatchEvent(new Event('ended'));
    if (message.kind === 'online' && this.#session) this.#setOnline(message.online, false);
    if (message.kind === 'changes') this.#byTable(message.table)?.overhear(message.changes);
  }

  /** Signs out and forgets what the browser remembers of the user. */
  async signOut() {
    if (!this.#session) throw new Unreachable('auth was out of reach when the page was opened');
    await this.#session.signOut();
    this.#tabs.tell({ kind: 'signed-out' });
    await this.#store.destroy();
  }

  /** The master key; `null` when the vault stays shut. Whoever wants to decrypt waits for the answer. */
  async #openVault() {
    return (await this.#key((session) => openVault(this.#config, session))) ?? null;
  }

  /**
   * The key of a shared space, in the same way; `undefined` where auth knows no such keys.
   *
   * @param {string} spaceId
   */
  #openSpace(spaceId) {
    return this.#key((session) => openSpace(this.#config, session, spaceId));
  }

  /**
   * @param {(session: Session) => Promise<CryptoKey | null>} open
   * @returns {Promise<CryptoKey | null | undefined>} `null` when it is refused, `undefined` when it is not there.
   */
  async #key(open) {
    /** @type {CryptoKey | null | undefined} */
    let key = null;
    await this.#untilDone(async () => {
      try {
        key = this.#session ? await open(this.#session) : null;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (error.status === 404) key = undefined;
        else console.error(error);
      }
    });
    return key;
  }

  async #loadSpaces() {
    const remembered = await this.#store.fact(SPACES).catch(() => undefined);
    if (remembered) this.#setSpaces(remembered);
    await this.#untilDone(async () => {
      if (!this.#session) return;
      const spaces = await this.#session.spaces();
      this.#spacesCurrent = true;
      this.#setSpaces(spaces);
      this.#store.setFact(SPACES, spaces).catch((error) => console.info('not remembered:', error));
    });
  }

  /** @param {Collection} collection */
  async #read(collection) {
    await collection.load().catch((error) => console.info('not remembered:', error));
    await this.#untilDone(() => this.#pull(collection));
  }

  /** Pulls what was missed while nobody listened. */
  #catchUp() {
    const pullAll = async () => {
      await Promise.all([...this.collections.values()].map((collection) => this.#pull(collection)));
    };
    this.#catchingUp ??= this.#untilDone(pullAll).finally(() => (this.#catchingUp = null));
  }

  /** @param {Collection} collection */
  async #pull(collection) {
    await collection.pull();
    if (this.#session) this.#setOnline(true);
  }

  /** Holds the stream for all tabs of this user. */
  async #lead() {
    const forever = new AbortController();
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      try {
        await this.#follow(forever.signal, () => {
          wait = FIRST_RETRY_MS;
          this.#setOnline(true);
        });
      } catch (error) {
        if (this.#failed(error)) return;
      }
      await this.#pause(wait);
    }
  }

  /**
   * Takes changes as they happen, until the connection ends.
   *
   * @param {AbortSignal} signal
   * @param {() => void} opened
   */
  async #follow(signal, opened) {
    if (!this.#sync) return;
    const places = [...this.collections.values()].map((collection) => collection.place);
    for await (const { table, page } of this.#sync.follow(places, signal, opened)) {
      this.#tabs.tell({ kind: 'changes', table, changes: page.changes });
      await this.#byTable(table)?.hear(page);
    }
  }

  /** @param {() => Promise<void>} work Tried again, ever more rarely, until it succeeds. */
  async #untilDone(work) {
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      try {
        return await work();
      } catch (error) {
        if (this.#failed(error)) return;
      }
      await this.#pause(wait);
    }
  }

  /**
   * Waits, but no longer than until somebody gets through again.
   *
   * @param {number} ms
   */
  #pause(ms) {
    return new Promise((resolve) => {
      const over = new AbortController();
      const finish = () => {
        over.abort();
        clearTimeout(timer);
        resolve(undefined);
      };
      const timer = setTimeout(finish, ms);
      addEventListener('online', finish, { signal: over.signal });
      this.addEventListener('online', () => this.online && finish(), { signal: over.signal });
    });
  }

  /**
   * @param {unknown} error
   * @returns {boolean} Whether trying again is in vain.
   */
  #failed(error) {
    if (error instanceof SessionEnded) {
      this.dispatchEvent(new Event('ended'));
      return true;
    }
    if (!(error instanceof Unreachable)) console.error(error);
    if (error instanceof Unreachable || error instanceof Refused) this.#setOnline(false);
    return false;
  }

  /** @param {Space[]} spaces */
  #setSpaces(spaces) {
    this.spaces = spaces;
    this.#personalId.resolve(this.personalSpace?.id ?? null);
    this.dispatchEvent(new Event('spaces'));
  }

  /**
   * @param {boolean} online
   * @param {boolean} [tell] Whether the other tabs do not know yet.
   */
  #setOnline(online, tell = true) {
    if (this.online === online) return;
    this.online = online;
    this.dispatchEvent(new Event('online'));
    if (!this.#session) return;
    if (tell) this.#tabs.tell({ kind: 'online', online });
    if (!online) this.#catchUp();
  }

  /** @param {string} table */
  #byTable(table) {
    return [...this.collections.values()].find((collection) => collection.table === table);
  }
}
