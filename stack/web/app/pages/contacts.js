/**
 * The contacts: people by name, those kept above the others first.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { icon } from '../art/icons.js';
import { pageOf } from '../config.js';
import { holds, shownContacts } from '../data/contacts.js';
import { el, replaceChanged } from '../dom.js';
import { contactCard } from '../ui/contact.js';
import { counted, emptyState, pageHeading, skeleton } from '../ui/parts.js';

export const modules = ['contacts'];

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @returns {View}
 */
export function open(library, pages) {
  const line = el('p', { class: 'page-line' });
  const input = /** @type {HTMLInputElement} */ (
    el('input', { type: 'search', 'aria-label': 'Kontakte durchsuchen', placeholder: 'Name, Firma, Notiz …' })
  );
  const search = el('label', { class: 'search' }, icon('search'), input);
  const groups = el('div', { class: 'contact-groups' });
  let drawn = false;
  const view = {
    nodes: [pageHeading(pageOf(pages, 'contacts').title, line), search, groups],
    /** @param {boolean} settled */
    draw(settled) {
      const contacts = shownContacts(library.items('contacts'));
      search.hidden = contacts.length === 0;
      if (contacts.length === 0 && !settled) return replaceChanged(groups, [el('div', { class: 'card' }, skeleton(6))]);
      const found = contacts.filter((contact) => holds(contact, input.value));
      line.textContent = lineWords(contacts.length);
      const favorites = found.filter((contact) => contact.isFavorite === true);
      const others = found.filter((contact) => contact.isFavorite !== true);
      const sections = [
        section('Favoriten', favorites, library),
        section(favorites.length > 0 ? 'Alle anderen' : 'Alle', others, library),
      ].filter((node) => node !== null);
      const nothing =
        contacts.length === 0
          ? emptyState('contacts', 'Noch keine Kontakte', 'Ein Name und ein Satz genügen, um sich zu erinnern.')
          : emptyState('search', 'Niemand gefunden', 'Vielleicht hilft ein anderes Wort.');
      const card = el('div', { class: 'card', 'data-key': 'nothing' }, nothing);
      replaceChanged(groups, sections.length > 0 ? sections : [card], { animate: drawn });
      drawn = settled;
    },
  };
  input.addEventListener('input', () => view.draw(drawn));
  return view;
}

/**
 * @param {string} title
 * @param {Item[]} contacts
 * @param {Library} library
 */
function section(title, contacts, library) {
  if (contacts.length === 0) return null;
  const cards = contacts.map((contact) => contactCard(contact, library));
  return el(
    'section',
    { 'data-key': title },
    el('h2', { class: 'list-heading' }, title),
    el('div', { class: 'contacts' }, ...cards),
  );
}

/** @param {number} count */
function lineWords(count) {
  return count === 0 ? 'Noch niemand' : counted(count, 'Mensch', 'Menschen');
}
