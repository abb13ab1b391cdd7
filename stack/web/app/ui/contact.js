/**
 * One person, as a card of the contacts and as a row of the dashboard.
 *
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 */

import { icon } from '../art/icons.js';
import { UNREADABLE } from '../data/collection.js';
import { initials, tintOf } from '../data/contacts.js';
import { el } from '../dom.js';
import { CONTACT } from '../test-ids.js';
import { plain, spaceChip, text, tint } from './parts.js';

/**
 * @param {Item} contact
 * @param {Library} library
 */
export function contactCard(contact, library) {
  const element = el(
    'article',
    { class: 'contact card', 'data-key': contact.id, 'data-testid': CONTACT },
    face(contact),
    el(
      'header',
      { class: 'contact-head' },
      el('h3', { class: 'contact-name' }, text(contact.name), contact.isFavorite === true && favorite()),
      place(contact),
    ),
    contact.note ? el('p', { class: 'contact-note' }, text(contact.note)) : null,
    reach(contact),
    spaceChip(library.sharedSpaceName(contact.spaceId)),
  );
  return tint(element, tintOf(contact));
}

/** @param {Item} contact */
export function contactRow(contact) {
  const row = el(
    'li',
    { class: 'contact-row', 'data-testid': CONTACT },
    face(contact),
    el('div', { class: 'contact-row-words' }, el('strong', {}, text(contact.name)), place(contact)),
  );
  return tint(row, tintOf(contact));
}

/** @param {Item} contact */
function face(contact) {
  return el('span', { class: 'contact-face', 'aria-hidden': 'true' }, initials(contact) || icon('people'));
}

function favorite() {
  return el('span', { class: 'favorite', title: 'Favorit' }, icon('star'), el('span', { class: 'hidden' }, 'Favorit'));
}

/** @param {Item} contact What the person does, and where. */
function place({ role, company }) {
  const words = [role, company].filter((word) => word === UNREADABLE || plain(word) !== '');
  if (words.length === 0) return null;
  if (words.includes(UNREADABLE)) return el('p', { class: 'contact-place' }, text(UNREADABLE));
  return el('p', { class: 'contact-place' }, words.map(plain).join(' · '));
}

/** @param {Item} contact How to reach the person. */
function reach({ email, phone }) {
  const ways = [
    plain(phone) && link('call', `tel:${plain(phone).replace(/[^+\d]/g, '')}`, plain(phone)),
    plain(email) && link('mail', `mailto:${encodeURIComponent(plain(email)).replace('%40', '@')}`, plain(email)),
  ].filter(Boolean);
  return ways.length > 0 && el('p', { class: 'contact-reach' }, ...ways);
}

/**
 * @param {string} drawing
 * @param {string} href
 * @param {string} words
 */
function link(drawing, href, words) {
  return el('a', { href }, icon(drawing), el('span', {}, words));
}
