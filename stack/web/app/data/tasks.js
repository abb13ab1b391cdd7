/**
 * What the pages ask about tasks. Pure; nothing here hangs on the order in which records arrived.
 *
 * @import { Item } from './collection.js'
 */

import { dueWords } from '../time/german.js';

/** @param {Item[]} tasks Open ones, in the user's own order. */
export function openTasks(tasks) {
  return tasks.filter((task) => task.isCompleted !== true).sort(byOrder);
}

/** @param {Item[]} tasks Completed ones, the latest first. */
export function completedTasks(tasks) {
  return tasks
    .filter((task) => task.isCompleted === true)
    .sort((a, b) => {
      return compare(String(b.completedAt ?? ''), String(a.completedAt ?? '')) || byOrder(a, b);
    });
}

/**
 * Open ones, those that press first: by due date, then in the user's own order.
 *
 * @param {Item[]} tasks
 */
export function nextTasks(tasks) {
  const due = (/** @type {Item} */ task) => (dueOf(task) ? Date.parse(String(dueOf(task))) : Number.POSITIVE_INFINITY);
  return openTasks(tasks).sort((a, b) => compare(due(a), due(b)) || byOrder(a, b));
}

/**
 * How many open tasks are over their date, due today and due within the six days after.
 *
 * @param {Item[]} tasks
 * @param {Date} now
 */
export function dueCounts(tasks, now) {
  const counts = { over: 0, today: 0, week: 0 };
  for (const task of openTasks(tasks)) {
    const due = dueOf(task);
    if (!due) continue;
    const { tone, day } = dueWords(due, now);
    if (tone === 'over') counts.over += 1;
    else if (tone === 'today') counts.today += 1;
    else if (day < 7) counts.week += 1;
  }
  return counts;
}

/**
 * When a task is due, where that is a time at all.
 *
 * @param {Item} task
 * @returns {string | null}
 */
export function dueOf({ dueDate }) {
  return typeof dueDate === 'string' && !Number.isNaN(Date.parse(dueDate)) ? dueDate : null;
}

/**
 * @param {Item} task
 * @returns {{done: number, all: number} | null}
 */
export function subtaskCounts({ subtasks }) {
  if (!Array.isArray(subtasks) || subtasks.length === 0) return null;
  return { done: subtasks.filter((subtask) => subtask?.isCompleted === true).length, all: subtasks.length };
}

/** @param {Item[]} tasks The place behind the last. */
export function nextOrder(tasks) {
  return tasks.reduce((last, { order }) => Math.max(last, Number(order ?? 0) || 0), -1) + 1;
}

/**
 * @param {Item} a
 * @param {Item} b
 */
function byOrder(a, b) {
  const order = compare(Number(a.order ?? 0) || 0, Number(b.order ?? 0) || 0);
  return order || compare(String(a.createdAt ?? ''), String(b.createdAt ?? '')) || compare(a.id, b.id);
}

/**
 * @template {string | number} T
 * @param {T} a
 * @param {T} b
 */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
