/**
 * Several tabs of one user. A browser opens only six connections to a server, and each stream takes one for as long as it
 * lives: so one tab holds the stream and tells the others what it hears. When it closes, another takes over.
 *
 * @import { Change } from './fold.js'
 *
 * @typedef {{kind: 'changes', table: string, changes: Change[]} | {kind: 'online', online: boolean} | {kind: 'signed-out'}} Message
 */

export class Tabs {
  #name;
  #channel;

  /** @param {string} userId */
  constructor(userId) {
    this.#name = `mana:${userId}`;
    this.#channel = new BroadcastChannel(this.#name);
  }

  /** @param {Message} message Heard by every other tab. */
  tell(message) {
    this.#channel.postMessage(message);
  }

  /** @param {(message: Message) => void} listener */
  listen(listener) {
    this.#channel.addEventListener('message', (event) => listener(event.data));
  }

  /**
   * Runs `lead` when this tab is the one.
   *
   * @param {() => Promise<void>} lead Lasts as long as the tab leads.
   */
  lead(lead) {
    navigator.locks.request(this.#name, lead).catch((error) => console.error('leading tab:', error));
  }
}
