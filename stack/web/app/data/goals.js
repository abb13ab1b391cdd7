/**
 * Goals in their order. Pure.
 *
 * @import { Item } from './collection.js'
 */

const NEVER = '9999-12-31';

/** @param {Item[]} goals Open ones first; within them, the next date first. */
export function shownGoals(goals) {
  const rank = (/** @type {Item} */ goal) => (isReached(goal) ? 1 : 0);
  return goals
    .filter((goal) => goal.isArchived !== true)
    .sort((a, b) => rank(a) - rank(b) || compare(dueDay(a) ?? NEVER, dueDay(b) ?? NEVER) || compare(a.id, b.id));
}

/** @param {Item} goal How many there are, of how many. */
export function countsOf({ progress, target }) {
  const most = Math.max(1, Math.floor(Number(target) || 1));
  return { progress: Math.max(0, Math.floor(Number(progress) || 0)), target: most };
}

/** @param {Item} goal */
export function isReached(goal) {
  const { progress, target } = countsOf(goal);
  return progress >= target;
}

/**
 * By when, YYYY-MM-DD.
 *
 * @param {Item} goal
 */
export function dueDay({ dueDate }) {
  return typeof dueDate === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(dueDate) ? dueDate : null;
}

/**
 * @param {string} a
 * @param {string} b
 */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
