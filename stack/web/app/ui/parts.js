/** Small pieces that several pages are made of. */

import { icon } from '../art/icons.js';
import { UNREADABLE } from '../data/collection.js';
import { el } from '../dom.js';
import { EMPTY } from '../test-ids.js';

/**
 * A record's text, or a quiet note that it cannot be read. Everything a page shows of a record passes here.
 *
 * @param {unknown} value
 * @returns {Node | string}
 */
export function text(value) {
  if (value === UNREADABLE) {
    return el('span', { class: 'unreadable' }, icon('lock'), 'Nicht lesbar – Schlüssel fehlt');
  }
  return plain(value);
}

/**
 * A record's text as a string; empty where there is none or it cannot be read.
 *
 * @param {unknown} value
 */
export function plain(value) {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/**
 * A colour a user chose, as `--tint` for the style sheet; anything but #rrggbb is ignored.
 *
 * @param {HTMLElement} element
 * @param {unknown} colour
 */
export function tint(element, colour) {
  if (typeof colour === 'string' && /^#[0-9a-f]{6}$/i.test(colour)) element.style.setProperty('--tint', colour);
  return element;
}

/**
 * What stands where a list is empty.
 *
 * @param {string} drawing
 * @param {string} title
 * @param {string} hint
 */
export function emptyState(drawing, title, hint) {
  return el(
    'div',
    { class: 'empty', 'data-testid': EMPTY },
    el('span', { class: 'empty-art' }, icon(drawing)),
    el('p', { class: 'empty-title' }, title),
    el('p', { class: 'empty-hint' }, hint),
  );
}

/**
 * Grey lines where content is on its way.
 *
 * @param {number} lines
 */
export function skeleton(lines) {
  return el('div', { class: 'skeleton', 'aria-hidden': 'true' }, ...Array.from({ length: lines }, () => el('span')));
}

/**
 * The name of a space that a record is shared in.
 *
 * @param {string | null} name
 */
export function spaceChip(name) {
  return name && el('span', { class: 'chip' }, icon('people'), name);
}

/** @param {string} tag */
export function tagChip(tag) {
  return el('span', { class: 'chip tag' }, `#${tag.replace(/^#/, '')}`);
}

/**
 * "1 Aufgabe", "3 Aufgaben".
 *
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
export function counted(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}

/**
 * A page's heading with a line beneath it, and what can be done there beside it.
 *
 * @param {string} title
 * @param {Node} line
 * @param {Node | null} [action]
 */
export function pageHeading(title, line, action = null) {
  return el(
    'header',
    { class: 'page-heading' },
    el('div', { class: 'page-heading-words' }, el('h1', { tabindex: -1 }, title), line),
    action,
  );
}
