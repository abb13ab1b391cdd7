/**
 * Habits in their order. Pure.
 *
 * @import { Item } from './collection.js'
 */

/** @param {Item[]} habits Those in use, in the user's own order. */
export function activeHabits(habits) {
  return habits.filter((habit) => habit.isArchived !== true).sort(byOrder);
}

/** @param {Item[]} habits */
export function archivedHabits(habits) {
  return habits.filter((habit) => habit.isArchived === true).sort(byOrder);
}

/**
 * "3 × täglich · 20 Min."; `null` where nothing was set.
 *
 * @param {Item} habit
 */
export function goalWords({ targetPerDay, defaultDuration }) {
  const [times, minutes] = [Number(targetPerDay) || 0, Number(defaultDuration) || 0];
  const words = [times > 0 && `${times} × täglich`, minutes > 0 && `${minutes} Min.`].filter(Boolean);
  // Breaks, where it must, at the dot only.
  return words.length > 0 ? words.map((part) => String(part).replaceAll(' ', '\u00a0')).join(' · ') : null;
}

/**
 * @param {Item} a
 * @param {Item} b
 */
function byOrder(a, b) {
  const keys = (/** @type {Item} */ { order, createdAt, id }) => [Number(order ?? 0) || 0, String(createdAt ?? ''), id];
  const [left, right] = [keys(a), keys(b)];
  const at = left.findIndex((value, index) => value !== right[index]);
  if (at < 0) return 0;
  return left[at] < right[at] ? -1 : 1;
}
