/**
 * Moods in their order, and how the days were on the whole. Pure.
 *
 * @import { Item } from './collection.js'
 */

import { dayName } from './calendar.js';

/** From very bad to very good: the word, and the diary's face that looks like it. */
export const LEVELS = [
  { words: 'sehr schlecht', face: 'traurig' },
  { words: 'schlecht', face: 'nachdenklich' },
  { words: 'mittel', face: 'neutral' },
  { words: 'gut', face: 'zufrieden' },
  { words: 'sehr gut', face: 'glücklich' },
];

/** @param {Item[]} moods Without the archived ones, the latest first. */
export function latestMoods(moods) {
  return moods
    .filter((mood) => mood.isArchived !== true && levelOf(mood) !== null && feltAt(mood) !== null)
    .sort((a, b) => Number(feltAt(b)) - Number(feltAt(a)) || (a.id < b.id ? -1 : 1));
}

/**
 * What a mood's number means; `null` where it is none of the five.
 *
 * @param {Item} mood
 */
export function levelOf({ level }) {
  return LEVELS[Number(level) - 1] ?? null;
}

/**
 * When it was felt; `null` where that is no time.
 *
 * @param {Item} mood
 */
export function feltAt({ feltAt: text }) {
  const time = typeof text === 'string' ? new Date(text) : null;
  return time && !Number.isNaN(time.getTime()) ? time : null;
}

/**
 * The day, here, on which it was felt: YYYY-MM-DD.
 *
 * @param {Item} mood
 */
export function moodDay(mood) {
  const time = feltAt(mood);
  return time ? dayName(time) : '';
}

/**
 * How a day was on the whole; `null` where nothing was recorded.
 *
 * @param {Item[]} moods
 * @param {string} day YYYY-MM-DD
 */
export function dayLevel(moods, day) {
  const levels = moods.filter((mood) => moodDay(mood) === day).map((mood) => Number(mood.level));
  if (levels.length === 0) return null;
  return LEVELS[Math.round(levels.reduce((sum, level) => sum + level, 0) / levels.length) - 1] ?? null;
}

/**
 * How often each level was felt, the best first.
 *
 * @param {Item[]} moods
 */
export function levelCounts(moods) {
  return LEVELS.map((level, index) => ({ ...level, count: moods.filter((mood) => mood.level === index + 1).length }))
    .filter(({ count }) => count > 0)
    .reverse();
}
