/** One record of a page, open by itself. It stands in the address, so that it can be sent, reloaded and left by going back. */

import { icon } from '../art/icons.js';
import { el } from '../dom.js';

const NAME = 'eintrag';

/** The record that the address names; `null` where it names none. */
export function opened() {
  return new URLSearchParams(location.search).get(NAME);
}

/**
 * Where a record opens.
 *
 * @param {string} path The page's.
 * @param {string} record
 */
export function placeOf(path, record) {
  return `${path}?${NAME}=${encodeURIComponent(record)}`;
}

/**
 * The way back to all of them.
 *
 * @param {string} path
 * @param {string} words
 */
export function wayBack(path, words) {
  return el('a', { class: 'way-back', href: path }, icon('left'), words);
}
