/**
 * The main region around a page: draws it again when its records change, and says when it is whole.
 *
 * `data-ready="true"` promises that everything the page shows has been fetched once, decrypted and drawn in its own fonts.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Library } from '../data/library.js'
 *
 * @typedef {object} View One page on the screen.
 * @property {Node[]} nodes
 * @property {(settled: boolean) => void} draw `settled`: what is missing now does not exist.
 * @property {(redraw: () => void) => void} [fetch] Gets what the page shows beside collections.
 * @property {() => boolean} [fetched] Whether that has come.
 *
 * @typedef {object} PageModule
 * @property {string[]} modules The collections it shows.
 * @property {(library: Library, pages: PageConfig[]) => View} open
 */

import { el } from '../dom.js';
import { PAGE } from '../test-ids.js';

export class PageFrame {
  #library;
  #page;
  #view;
  #closed = new AbortController();

  /**
   * @param {Library} library
   * @param {PageModule} page
   * @param {string} name
   * @param {PageConfig[]} pages
   */
  constructor(library, page, name, pages) {
    this.#library = library;
    this.#page = page;
    this.#view = page.open(library, pages);
    const attributes = { id: 'inhalt', class: `page page-${name}`, 'data-testid': PAGE, 'aria-busy': 'true' };
    this.element = el('main', attributes, ...this.#view.nodes);
    const { signal } = this.#closed;
    const redraw = () => this.draw();
    for (const module of page.modules) library.collections.get(module)?.addEventListener('change', redraw, { signal });
    library.addEventListener('spaces', redraw, { signal });
    library.addEventListener('online', redraw, { signal });
    this.draw();
    this.#view.fetch?.(() => signal.aborted || this.draw());
  }

  draw() {
    const settled = this.#library.synced(this.#page.modules) && (this.#view.fetched?.() ?? true);
    const focused = this.element.contains(document.activeElement) ? document.activeElement?.id : '';
    this.#view.draw(settled);
    // What was operated may stand elsewhere now, such as a task that was completed.
    if (focused && document.activeElement?.id !== focused) {
      document.getElementById(focused)?.focus({ preventScroll: true });
    }
    if (settled) this.#finish();
    else if (!this.#library.online) this.element.setAttribute('aria-busy', 'false');
  }

  /** Takes the page off the screen. */
  close() {
    this.#closed.abort();
  }

  async #finish() {
    if (this.element.dataset.ready) return;
    // A font begins to load when the layout first asks for it; without a layout there is nothing to wait for.
    this.element.getBoundingClientRect();
    await document.fonts.ready;
    this.element.setAttribute('aria-busy', 'false');
    this.element.dataset.ready = 'true';
  }
}
