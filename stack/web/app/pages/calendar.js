/**
 * The calendar: the week at a glance, then what is coming, day by day.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { pageOf } from '../config.js';
import { dayName, eventsOn, pastEvents, startDay, startOf, upcomingEvents, weekOf } from '../data/calendar.js';
import { el, replaceChanged } from '../dom.js';
import { clockWords } from '../time/german.js';
import { dayGroup } from '../ui/day.js';
import { eventCard } from '../ui/event.js';
import { counted, emptyState, pageHeading, skeleton, text, tint } from '../ui/parts.js';

export const modules = ['calendar'];

/** What is over is a reminder, not an archive. */
const MOST_PAST = 10;
const WEEK = 7;

const weekday = new Intl.DateTimeFormat('de-DE', { weekday: 'short' });
const longDay = new Intl.DateTimeFormat('de-DE', { weekday: 'long', day: 'numeric', month: 'long' });

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @returns {View}
 */
export function open(library, pages) {
  const line = el('p', { class: 'page-line' });
  const week = el('div', { class: 'week-place' });
  const days = el('div', { class: 'days' });
  const past = el('div', { class: 'days past' });
  let drawn = false;
  return {
    nodes: [pageHeading(pageOf(pages, 'calendar').title, line), week, days, past],
    draw(settled) {
      const events = library.items('calendar');
      const now = new Date();
      replaceChanged(week, [weekStrip(events, now)]);
      if (events.length === 0 && !settled) return replaceChanged(days, [el('div', { class: 'card' }, skeleton(6))]);
      const coming = upcomingEvents(events, now);
      line.textContent = lineWords(coming, now);
      const empty = emptyState('calendar', 'Nichts vereinbart', 'Freie Tage sind auch etwas wert. Termine erscheinen hier.');
      const groups = byDay(coming, library);
      replaceChanged(days, groups.length > 0 ? groups : [el('div', { class: 'card' }, empty)], { animate: drawn });
      const over = byDay(pastEvents(events, now).slice(0, MOST_PAST), library);
      const heading = el('h2', { class: 'list-heading', 'data-key': 'past' }, 'Vorbei');
      replaceChanged(past, over.length > 0 ? [heading, ...over] : []);
      drawn = settled;
    },
  };
}

/**
 * @param {Item[]} events
 * @param {Library} library
 */
function byDay(events, library) {
  return [...Map.groupBy(events, startDay)].map(([day, some]) =>
    dayGroup(
      day,
      some.map((event) => eventCard(event, library)),
    ),
  );
}

/**
 * @param {Item[]} events
 * @param {Date} now
 */
function weekStrip(events, now) {
  const today = dayName(now);
  const column = (/** @type {Date} */ day) => {
    const name = dayName(day);
    const some = eventsOn(events, name);
    const current = name === today ? 'date' : null;
    return el(
      'li',
      { class: 'week-day', 'aria-current': current, 'aria-label': `${longDay.format(day)}: ${countWords(some)}` },
      el('span', { class: 'week-name' }, weekday.format(day)),
      el('span', { class: 'week-number' }, String(day.getDate())),
      el('ul', { class: 'week-events', 'aria-hidden': 'true' }, ...some.map(weekEvent)),
    );
  };
  return el('ol', { class: 'week card', 'aria-label': 'Diese Woche' }, ...weekOf(now).map(column));
}

/** @param {Item} event */
function weekEvent(event) {
  const start = startOf(event);
  const words = el('span', { class: 'week-event-title' }, text(event.title));
  return tint(el('li', { class: 'week-event' }, el('span', {}, start ? clockWords(start) : ''), words), event.color);
}

/** @param {Item[]} events */
function countWords(events) {
  return events.length === 0 ? 'nichts' : counted(events.length, 'Termin', 'Termine');
}

/**
 * @param {Item[]} coming
 * @param {Date} now
 */
function lineWords(coming, now) {
  const end = new Date(now.getFullYear(), now.getMonth(), now.getDate() + WEEK);
  const soon = coming.filter((event) => Number(startOf(event)) < end.getTime()).length;
  if (coming.length === 0) return 'Nichts vereinbart';
  return soon === 0
    ? 'In den nächsten sieben Tagen ist nichts vereinbart'
    : `${counted(soon, 'Termin', 'Termine')} in den nächsten sieben Tagen`;
}
