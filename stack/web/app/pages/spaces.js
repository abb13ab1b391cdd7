/**
 * The spaces that the user belongs to, and the way into another.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { pageOf } from '../config.js';
import { el, replaceChanged } from '../dom.js';
import { wayBack } from '../ui/opened.js';
import { counted, pageHeading, skeleton } from '../ui/parts.js';
import { spaceCard } from '../ui/space.js';
import { toast } from '../ui/toast.js';

export const modules = [
  'todo',
  'calendar',
  'notes',
  'journal',
  'mood',
  'habits',
  'goals',
  'contacts',
  'articles',
  'invoices',
];

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @returns {View}
 */
export function open(library, pages) {
  const line = el('p', { class: 'page-line' });
  const grid = el('div', { class: 'spaces' });
  const { path, title } = pageOf(pages, 'settings');
  const join = joinForm(library);
  return {
    nodes: [wayBack(path, title), pageHeading(pageOf(pages, 'spaces').title, line), grid, join.element],
    draw(settled) {
      join.enable(library.writable);
      if (!settled) return replaceChanged(grid, [el('div', { class: 'card', 'data-key': 'waiting' }, skeleton(4))]);
      const rank = (/** @type {{metadata: {type: string}}} */ space) => (space.metadata.type === 'personal' ? 0 : 1);
      const spaces = library.spaces.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
      const shared = spaces.length - 1;
      line.textContent = shared === 0 ? 'Alles gehört dir allein' : `Neben deinem eigenen ${counted(shared, 'weiterer', 'weitere')}`;
      replaceChanged(grid, spaces.map((space) => spaceCard(space, library, pages)));
    },
  };
}

/** @param {Library} library */
function joinForm(library) {
  const id = 'einladung';
  const input = /** @type {HTMLInputElement} */ (
    el('input', { type: 'text', id, placeholder: 'Einladungscode', autocomplete: 'off', required: true })
  );
  const button = el('button', { class: 'button soft', type: 'submit' }, 'Beitreten');
  const element = el('form', { class: 'card join', novalidate: true }, el('label', { for: id }, 'Du wurdest eingeladen?'), input, button);
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    const word = input.value.trim();
    if (!word) return input.focus();
    try {
      await library.session?.accept(word);
      input.value = '';
      await library.joined();
    } catch (error) {
      console.info('not joined:', error);
      toast('Beitreten nicht möglich – stimmt der Code, und ist er für dich?');
    }
  });
  const enable = (/** @type {boolean} */ writable) => {
    for (const control of [input, button]) control.toggleAttribute('disabled', !writable);
  };
  return { element, enable };
}
