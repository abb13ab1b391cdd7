/**
 * Diary entries in their order. Pure.
 *
 * @import { Item } from './collection.js'
 */

import { MOODS } from '../art/moods.js';

/** @param {Item[]} entries The latest day first; within a day, what was written last. */
export function latestEntries(entries) {
  return entries
    .filter((entry) => entry.isArchived !== true)
    .sort((a, b) => {
      return (
        -compare(dayOf(a), dayOf(b)) ||
        -compare(String(a.createdAt ?? ''), String(b.createdAt ?? '')) ||
        compare(a.id, b.id)
      );
    });
}

/**
 * The day an entry is about, YYYY-MM-DD.
 *
 * @param {Item} entry
 */
export function dayOf({ entryDate, createdAt }) {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(String(entryDate ?? createdAt ?? ''));
  return day ? day[0] : '';
}

/**
 * How often each mood occurs, the most frequent first; the lighter one where two are even.
 *
 * @param {Item[]} entries
 * @returns {{mood: string, count: number}[]}
 */
export function moodCounts(entries) {
  return MOODS.map((mood) => ({ mood, count: entries.filter((entry) => entry.mood === mood).length }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}

/**
 * @param {string} a
 * @param {string} b
 */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
