/**
 * The frame around every page: navigation, who is signed in, whether the services can be reached.
 *
 * @import { Config, PageConfig } from '../config.js'
 */

import { icon } from '../art/icons.js';
import { el, svg } from '../dom.js';
import { toastPlace } from './toast.js';

export class Shell {
  #links;
  #user = el('div', { class: 'user' });
  #offline = el('p', { class: 'offline', role: 'status' });
  #page = el('div', { class: 'page-place' });

  /**
   * @param {Config} config
   * @param {() => void} signOut
   */
  constructor(config, signOut) {
    const pages = config.pages.filter((page) => page.navigation);
    this.#links = pages.map((page) => link(page));
    const leave = el('button', { class: 'leave', type: 'button', 'aria-label': 'Abmelden', title: 'Abmelden' });
    leave.append(icon('leave'));
    leave.addEventListener('click', signOut);
    this.element = el(
      'div',
      { class: 'shell' },
      el('a', { class: 'skip', href: '#inhalt' }, 'Zum Inhalt springen'),
      el(
        'header',
        { class: 'bar' },
        el(
          'a',
          { class: 'brand', href: '/', 'aria-label': 'Mana, zur Übersicht' },
          brandMark(),
          el('span', {}, 'Mana'),
        ),
        el('nav', { class: 'navigation', 'aria-label': 'Bereiche' }, el('ul', {}, ...this.#links)),
        this.#offline,
        el('div', { class: 'account' }, this.#user, leave),
      ),
      this.#page,
      toastPlace(),
    );
  }

  /** @param {{name: string, email: string}} user */
  showUser({ name, email }) {
    const letter = el('span', { class: 'avatar', 'aria-hidden': 'true' }, (name || email).slice(0, 1).toUpperCase());
    this.#user.title = email;
    this.#user.replaceChildren(letter, el('strong', { class: 'user-name' }, name || email));
  }

  /** @param {boolean} online */
  showOnline(online) {
    this.#offline.replaceChildren(...(online ? [] : [icon('offline'), 'Offline']));
  }

  /**
   * @param {HTMLElement} page
   * @param {string} path
   */
  showPage(page, path) {
    for (const item of this.#links) {
      const anchor = /** @type {HTMLAnchorElement} */ (item.firstElementChild);
      if (anchor.pathname === path) anchor.setAttribute('aria-current', 'page');
      else anchor.removeAttribute('aria-current');
    }
    this.#page.replaceChildren(page);
  }
}

/** @param {PageConfig} page */
function link({ path, module, title }) {
  return el('li', {}, el('a', { href: path, 'data-module': module }, icon(module), el('span', {}, title)));
}

/** A sun behind two hills. */
export function brandMark() {
  return svg(
    'svg',
    { class: 'brand-mark', viewBox: '0 0 32 32', 'aria-hidden': 'true' },
    svg('rect', { class: 'sky', width: 32, height: 32, rx: 9 }),
    svg('circle', { class: 'sun', cx: 20, cy: 13, r: 5 }),
    svg('path', { class: 'back', d: 'M0 23c6-7 11-7 16-3s10 4 16-1v4a9 9 0 0 1-9 9H9a9 9 0 0 1-9-9z' }),
    svg('path', { class: 'front', d: 'M0 24c7-2 14 1 19 4 4-3 9-4 13-3.6A9 9 0 0 1 23 32H9a9 9 0 0 1-9-8z' }),
  );
}
