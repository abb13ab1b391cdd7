/**
 * Which page is on the screen: the address decides, links and the browser's buttons change it.
 *
 * @import { PageConfig } from './config.js'
 */

/**
 * Goes to a page, or to one record of it: a step that the browser's buttons take back.
 *
 * @param {string} target Path and query.
 */
export function go(target) {
  if (target !== location.pathname + location.search) history.pushState(null, '', target);
  dispatchEvent(new PopStateEvent('popstate'));
  scrollTo(0, 0);
}

export class Router {
  #pages;
  #show;

  /**
   * @param {PageConfig[]} pages
   * @param {(page: PageConfig, moved: boolean) => void} show `moved`: the user came here from another page.
   */
  constructor(pages, show) {
    this.#pages = pages;
    this.#show = show;
    addEventListener('popstate', () => this.#open(true));
    document.addEventListener('click', (event) => this.#followLink(event));
  }

  start() {
    this.#open(false);
  }

  /** @param {boolean} moved */
  #open(moved) {
    const page = this.#pages.find(({ path }) => path === location.pathname);
    if (page) this.#show(page, moved);
  }

  /** @param {MouseEvent} event */
  #followLink(event) {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !plain || event.defaultPrevented || link.origin !== location.origin) return;
    if (link.hash || !this.#pages.some(({ path }) => path === link.pathname)) return;
    event.preventDefault();
    go(link.pathname + link.search);
  }
}
