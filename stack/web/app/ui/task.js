/**
 * One task as a row, and what happens when its circle is pressed.
 *
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 */

import { icon } from '../art/icons.js';
import { nameOf } from '../data/fold.js';
import { dueOf, subtaskCounts } from '../data/tasks.js';
import { el } from '../dom.js';
import { COMPLETE, TASK, TASK_LINK } from '../test-ids.js';
import { dueWords } from '../time/german.js';
import { liveTime } from '../time/live-time.js';
import { placeOf } from './opened.js';
import { plain, spaceChip, text } from './parts.js';
import { toast } from './toast.js';

const TODO = '/todo';

/** @type {Record<string, string>} Medium is what needs no word. */
const PRIORITIES = { urgent: 'Dringend', high: 'Hoch', low: 'Niedrig' };

/**
 * @param {Item} task
 * @param {Library} library
 */
export function taskRow(task, library) {
  const done = task.isCompleted === true;
  const priority = plain(task.priority) || 'medium';
  return el(
    'li',
    { class: done ? 'task done' : 'task', 'data-key': nameOf(task), 'data-priority': priority, 'data-testid': TASK },
    circle(task, library.writable),
    el(
      'div',
      { class: 'task-words' },
      el(
        'p',
        { class: 'task-title' },
        el('a', { href: placeOf(TODO, nameOf(task)), 'data-testid': TASK_LINK }, text(task.title)),
      ),
      task.description ? el('p', { class: 'task-description' }, text(task.description)) : null,
    ),
    done ? completedTime(task) : details(task, library.sharedSpaceName(task.spaceId)),
  );
}

/**
 * Completes or reopens a task when its circle is pressed anywhere in `container`.
 *
 * @param {HTMLElement} container
 * @param {Library} library
 */
export function listenToCircles(container, library) {
  container.addEventListener('click', async (event) => {
    const button = event.target instanceof Element ? event.target.closest('button[data-task]') : null;
    if (!button) return;
    const complete = button.getAttribute('aria-checked') !== 'true';
    const values = { isCompleted: complete, completedAt: complete ? new Date().toISOString() : null };
    try {
      await library.collections.get('todo')?.update(String(button.getAttribute('data-task')), values);
    } catch (error) {
      console.info('not saved:', error);
      toast('Nicht gespeichert – bitte später noch einmal versuchen.');
    }
  });
}

/**
 * What completes a task, and opens it again.
 *
 * @param {Item} task
 * @param {boolean} writable
 */
export function circle(task, writable) {
  const done = task.isCompleted === true;
  return el(
    'button',
    {
      class: 'circle',
      id: `erledigt-${nameOf(task)}`,
      type: 'button',
      role: 'checkbox',
      'aria-checked': done ? 'true' : 'false',
      'aria-label': `Erledigt: ${plain(task.title) || 'Aufgabe'}`,
      'data-task': nameOf(task),
      'data-testid': COMPLETE,
      disabled: !writable,
    },
    el('span', {}, icon('check')),
  );
}

/**
 * What stands below the words, the due date first.
 *
 * @param {Item} task
 * @param {string | null} space
 */
export function details(task, space) {
  const label = PRIORITIES[plain(task.priority)];
  const subtasks = subtaskCounts(task);
  const chips = [
    dueChip(task),
    label &&
      el('span', { class: 'chip priority' }, icon('flag'), el('span', { class: 'hidden' }, 'Priorität: '), label),
    subtasks && el('span', { class: 'chip' }, icon('todo'), `${subtasks.done} von ${subtasks.all} Schritten`),
    spaceChip(space),
  ].filter(Boolean);
  return chips.length > 0 && el('div', { class: 'task-details' }, ...chips);
}

/** @param {Item} task */
function dueChip(task) {
  const due = dueOf(task);
  if (!due) return null;
  const { tone } = dueWords(due, new Date());
  return el(
    'span',
    { class: 'due', 'data-tone': tone },
    el('span', { class: 'hidden' }, 'Fällig: '),
    liveTime('due', due),
  );
}

/** @param {Item} task */
function completedTime(task) {
  return typeof task.completedAt === 'string' && liveTime('ago', task.completedAt, 'quiet end');
}
