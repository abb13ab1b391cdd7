/**
 * How often each face was seen: beside the diary and beside the moods.
 *
 * @typedef {{face: string, words: string, count: number}} Tally
 */

import { face } from '../art/moods.js';
import { el } from '../dom.js';

/**
 * @param {string} title
 * @param {Tally[]} rows
 */
export function tallyCard(title, rows) {
  const most = Math.max(...rows.map(({ count }) => count));
  const row = (/** @type {Tally} */ { face: name, words, count }) => {
    const bar = el('meter', { min: 0, max: most, value: count, 'aria-hidden': 'true', 'data-mood': name });
    return el('div', { class: 'mood-row' }, face(name), el('dt', {}, words), bar, el('dd', {}, `${count} ×`));
  };
  return el(
    'div',
    { class: 'card overview-card' },
    el('h2', { class: 'overview-heading' }, title),
    el('dl', { class: 'moods' }, ...rows.map(row)),
  );
}
