/**
 * One appointment, as a card of the calendar and as a row of the dashboard.
 *
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 */

import { icon } from '../art/icons.js';
import { dayName, endOf, startOf } from '../data/calendar.js';
import { el } from '../dom.js';
import { EVENT } from '../test-ids.js';
import { clockWords } from '../time/german.js';
import { spaceChip, text, tint } from './parts.js';

const shortDay = new Intl.DateTimeFormat('de-DE', { weekday: 'short', day: 'numeric', month: 'numeric' });

/**
 * @param {Item} event
 * @param {Library} library
 */
export function eventCard(event, library) {
  const element = el(
    'article',
    { class: 'event card', 'data-key': event.id, 'data-testid': EVENT },
    el('p', { class: 'event-time' }, timeWords(event)),
    el(
      'div',
      { class: 'event-words' },
      el('h3', { class: 'event-title' }, text(event.title)),
      event.location ? el('p', { class: 'event-place' }, icon('place'), el('span', {}, text(event.location))) : null,
      event.description ? el('p', { class: 'event-description' }, text(event.description)) : null,
      spaceChip(library.sharedSpaceName(event.spaceId)),
    ),
  );
  return tint(element, event.color);
}

/** @param {Item} event */
export function eventRow(event) {
  const start = startOf(event);
  const row = el(
    'li',
    { class: 'event-row', 'data-testid': EVENT },
    el('p', { class: 'event-row-title' }, text(event.title)),
    el('p', { class: 'event-row-when' }, start ? `${shortDay.format(start)}, ${clockWords(start)}` : ''),
    event.location ? el('p', { class: 'event-row-place' }, text(event.location)) : null,
  );
  return tint(row, event.color);
}

/**
 * "09:00 – 10:30"; with the day of the end where that is another.
 *
 * @param {Item} event
 */
function timeWords(event) {
  const [start, end] = [startOf(event), endOf(event)];
  if (!start || !end) return '';
  if (start.getTime() === end.getTime()) return clockWords(start);
  const sameDay = dayName(start) === dayName(end);
  return `${clockWords(start)} – ${sameDay ? '' : `${shortDay.format(end)}, `}${clockWords(end)}`;
}
