/**
 * All about one task: its words in full, its steps, when it is due and where it belongs.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from './page-frame.js'
 */

import { icon } from '../art/icons.js';
import { pageOf } from '../config.js';
import { nameOf } from '../data/fold.js';
import { subtaskCounts } from '../data/tasks.js';
import { el, replaceChanged } from '../dom.js';
import { TASK_DETAIL } from '../test-ids.js';
import { prose } from '../text/prose.js';
import { liveTime } from '../time/live-time.js';
import { wayBack } from './opened.js';
import { emptyState, plain, skeleton, text } from './parts.js';
import { circle, details, listenToCircles } from './task.js';

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @param {string} name The task's.
 * @returns {View}
 */
export function openTask(library, pages, name) {
  const { path } = pageOf(pages, 'todo');
  const place = el('div', { class: 'record' });
  listenToCircles(place, library);
  return {
    nodes: [wayBack(path, 'Alle Aufgaben'), place],
    draw(settled) {
      const task = library.items('todo').find((candidate) => nameOf(candidate) === name);
      const gone = emptyState('todo', 'Diese Aufgabe gibt es nicht mehr', 'Sie wurde gelöscht oder ist nicht für dich.');
      const waiting = settled ? gone : skeleton(6);
      replaceChanged(place, [task ? card(task, library) : el('div', { class: 'card' }, waiting)]);
    },
  };
}

/**
 * @param {Item} task
 * @param {Library} library
 */
function card(task, library) {
  const done = task.isCompleted === true;
  const priority = plain(task.priority) || 'medium';
  return el(
    'article',
    { class: done ? 'card task-card done' : 'card task-card', 'data-priority': priority, 'data-testid': TASK_DETAIL },
    el(
      'header',
      { class: 'task-card-head' },
      circle(task, library.writable),
      el('h1', { tabindex: -1 }, text(task.title)),
    ),
    details(task, library.sharedSpaceName(task.spaceId)),
    task.description ? el('div', { class: 'prose' }, ...prose(task.description)) : null,
    steps(task),
    el(
      'footer',
      { class: 'task-card-foot' },
      moment('Angelegt', task.createdAt),
      done ? moment('Erledigt', task.completedAt) : moment('Zuletzt geändert', task.updatedAt),
    ),
  );
}

/** @param {Item} task */
function steps(task) {
  const counts = subtaskCounts(task);
  if (!counts) return null;
  const list = /** @type {Record<string, unknown>[]} */ (task.subtasks);
  return el(
    'section',
    { class: 'steps', 'aria-label': 'Schritte' },
    el('h2', { class: 'list-heading' }, `Schritte · ${counts.done} von ${counts.all}`),
    el('ul', { class: 'checks' }, ...list.map(step)),
  );
}

/** @param {Record<string, unknown>} subtask */
function step({ title, isCompleted }) {
  const done = isCompleted === true;
  const box = el('span', { class: done ? 'box done' : 'box', 'aria-hidden': 'true' }, done && icon('check'));
  const words = el('span', { class: done ? 'struck' : '' }, plain(title));
  return el('li', { class: 'check' }, box, el('span', {}, el('span', { class: 'hidden' }, done ? 'Erledigt: ' : 'Offen: '), words));
}

/**
 * @param {string} words
 * @param {unknown} time
 */
function moment(words, time) {
  return typeof time === 'string' && el('p', {}, el('span', {}, words), liveTime('ago', time, 'quiet'));
}
