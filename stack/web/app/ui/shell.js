/**
 * The frame around every page: navigation, who is signed in, whether the services can be reached.
 *
 * @import { Config, PageConfig } from '../config.js'
 */

import { icon } from '../art/icons.js';
import { el, svg } from '../dom.js';
import { ADMINISTRATION, OFFLINE } from '../test-ids.js';
import { sheet } from './sheet.js';
import { toastPlace } from './toast.js';

/** Modules that the bar of a narrow window has room for, beside the home page and the way to the others. */
const IN_BAR = 3;
const HOME = 'home';
const SETTINGS = '/settings';

export class Shell {
  #pages;
  #links;
  #more = el('button', { class: 'more-pages', type: 'button', 'aria-haspopup': 'dialog' }, icon('more'), 'Mehr');
  #rest = el('ul', { class: 'sheet-pages' });
  /** @type {string[]} Modules in the bar of a narrow window. */
  #inBar = [];
  #path = '';
  #user = el('a', { class: 'user', href: SETTINGS });
  #offline = el('p', { class: 'offline', role: 'status' });
  #page = el('div', { class: 'page-place' });
  #notice = el('div', { class: 'notice-place' });

  /** @param {Config} config */
  constructor(config) {
    this.#pages = config.pages.filter((page) => page.navigation);
    this.#links = this.#pages.map((page) => link(page));
    const rest = sheet('Weitere Bereiche', this.#rest);
    this.#more.addEventListener('click', rest.open);
    const leave = el('button', { class: 'leave', type: 'button', 'aria-label': 'Abmelden', title: 'Abmelden' });
    leave.append(icon('leave'));
    leave.addEventListener('click', () => dispatchEvent(new Event('sign-out')));
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
        el(
          'nav',
          { class: 'navigation', 'aria-label': 'Bereiche' },
          el('ul', {}, ...this.#links, el('li', { class: 'more-place' }, this.#more)),
          rest.element,
        ),
        this.#offline,
        el('div', { class: 'account' }, this.#user, leave),
      ),
      el('div', { class: 'beside-bar' }, this.#notice, this.#page),
      toastPlace(),
    );
  }

  /** @param {{name: string, email: string}} user */
  showUser({ name, email }) {
    const letter = el('span', { class: 'avatar', 'aria-hidden': 'true' }, (name || email).slice(0, 1).toUpperCase());
    this.#user.title = email;
    this.#user.setAttribute('aria-label', `${name || email}, Einstellungen`);
    this.#user.replaceChildren(letter, el('strong', { class: 'user-name' }, name || email));
  }

  /** @param {boolean} online */
  showOnline(online) {
    this.#offline.replaceChildren(...(online ? [] : [icon('offline'), 'Offline']));
    const words = 'Du siehst, was dieses Gerät zuletzt wusste. Ändern kannst du wieder, sobald die Verbindung da ist.';
    this.#notice.replaceChildren(...(online ? [] : [el('p', { class: 'notice', 'data-testid': OFFLINE }, words)]));
  }

  /**
   * @param {HTMLElement} page
   * @param {string} path
   */
  showPage(page, path) {
    this.#path = path;
    this.#mark();
    this.#page.replaceChildren(page);
  }

  /**
   * Puts the first of these modules into the bar of a narrow window and the others behind "Mehr".
   *
   * @param {string[]} modules Every module, those in use first.
   */
  showFirst(modules) {
    const inBar = modules.slice(0, IN_BAR);
    if (inBar.join() === this.#inBar.join()) return;
    this.#inBar = inBar;
    const rest = this.#pages.filter((page) => page.module !== HOME && !inBar.includes(page.module));
    this.#rest.replaceChildren(...rest.map((page) => link(page)));
    this.#pages.forEach((page, index) => {
      this.#links[index].classList.toggle('in-bar', page.module === HOME || inBar.includes(page.module));
    });
    this.#mark();
  }

  /** Says which page is open; behind "Mehr" too. */
  #mark() {
    const anchors = [...this.#links, ...this.#rest.children].map((item) => item.firstElementChild);
    for (const place of [...anchors, this.#user]) {
      const anchor = /** @type {HTMLAnchorElement} */ (place);
      if (anchor.pathname === this.#path) anchor.setAttribute('aria-current', 'page');
      else anchor.removeAttribute('aria-current');
    }
    this.#more.classList.toggle('current', this.#rest.querySelector('[aria-current]') !== null);
  }
}

/** @param {PageConfig} page */
function link({ path, module, title, adminsOnly }) {
  const attributes = { href: path, 'data-module': module, 'data-testid': adminsOnly && ADMINISTRATION };
  return el('li', {}, el('a', attributes, icon(module), el('span', {}, title)));
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
