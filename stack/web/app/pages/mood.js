/**
 * Moods: the week in faces, then each one, day by day.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { face } from '../art/moods.js';
import { pageOf } from '../config.js';
import { dayName, weekOf } from '../data/calendar.js';
import { dayLevel, latestMoods, levelCounts, moodDay } from '../data/mood.js';
import { el, replaceChanged } from '../dom.js';
import { dayGroup } from '../ui/day.js';
import { moodCard } from '../ui/mood.js';
import { counted, emptyState, pageHeading, skeleton } from '../ui/parts.js';
import { tallyCard } from '../ui/tally.js';

export const modules = ['mood'];

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
  const aside = el('aside', { class: 'overview', 'aria-label': 'Verteilung' });
  let drawn = false;
  return {
    nodes: [
      pageHeading(pageOf(pages, 'mood').title, line),
      el('div', { class: 'columns' }, el('div', { class: 'column' }, week, days), aside),
    ],
    draw(settled) {
      const moods = latestMoods(library.items('mood'));
      if (moods.length === 0 && !settled) return replaceChanged(days, [el('div', { class: 'card' }, skeleton(6))]);
      line.textContent = moods.length === 0 ? 'Noch nichts festgehalten' : lineWords(moods);
      replaceChanged(week, [weekStrip(moods)]);
      const empty = emptyState('mood', 'Wie geht es dir?', 'Ein Gesicht am Tag genügt. Mit der Zeit wird ein Bild daraus.');
      const cards = (/** @type {Item[]} */ some) => some.map((mood) => moodCard(mood, library));
      const groups = [...Map.groupBy(moods, moodDay)].map(([day, some]) => dayGroup(day, cards(some)));
      replaceChanged(days, groups.length > 0 ? groups : [el('div', { class: 'card' }, empty)], { animate: drawn });
      const counts = levelCounts(moods);
      replaceChanged(aside, counts.length > 0 ? [tallyCard('Wie es dir ging', counts)] : []);
      drawn = settled;
    },
  };
}

/** @param {Item[]} moods */
function weekStrip(moods) {
  const now = new Date();
  const column = (/** @type {Date} */ day) => {
    const level = dayLevel(moods, dayName(day));
    return el(
      'li',
      {
        class: 'mood-day',
        'aria-current': dayName(day) === dayName(now) ? 'date' : null,
        'aria-label': `${longDay.format(day)}: ${level?.words ?? 'nichts festgehalten'}`,
      },
      el('span', {}, weekday.format(day)),
      level ? /** @type {any} */ (face(level.face)) : el('span', { class: 'no-mood' }),
    );
  };
  return el('ol', { class: 'mood-week card', 'aria-label': 'Diese Woche' }, ...weekOf(now).map(column));
}

/** @param {Item[]} moods */
function lineWords(moods) {
  const days = new Set(moods.map(moodDay)).size;
  return `${counted(moods.length, 'Mal', 'Mal')} festgehalten an ${counted(days, 'Tag', 'Tagen')}`;
}
