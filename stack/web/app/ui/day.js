/** A day with its cards: the date large beside them. */

import { el } from '../dom.js';
import { localDay } from '../time/german.js';

const date = new Intl.DateTimeFormat('de-DE', { day: 'numeric' });
const weekday = new Intl.DateTimeFormat('de-DE', { weekday: 'long' });
const month = new Intl.DateTimeFormat('de-DE', { month: 'short', year: 'numeric' });

/**
 * @param {string} day YYYY-MM-DD; empty where there is no date.
 * @param {Node[]} cards
 */
export function dayGroup(day, cards) {
  const time = day === '' ? null : localDay(day);
  const heading = time && [
    el('span', { class: 'day-number' }, date.format(time)),
    el('span', { class: 'day-words' }, el('span', {}, weekday.format(time)), el('span', {}, month.format(time))),
  ];
  return el(
    'section',
    { class: 'day', 'data-key': day },
    el('h2', { class: 'day-heading' }, ...(heading ?? ['Ohne Datum'])),
    el('div', { class: 'day-entries' }, ...cards),
  );
}
