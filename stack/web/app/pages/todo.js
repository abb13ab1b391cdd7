/**
 * Tasks: a line to add one, the open ones, the completed ones, and how things stand.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Library } from '../data/library.js'
 * @import { Item } from '../data/collection.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { pageOf } from '../config.js';
import { completedTasks, dueCounts, nextOrder, openTasks } from '../data/tasks.js';
import { el, replaceChanged, svg } from '../dom.js';
import { ADD_TASK } from '../test-ids.js';
import { addForm } from '../ui/add-form.js';
import { opened } from '../ui/opened.js';
import { counted, emptyState, pageHeading, skeleton } from '../ui/parts.js';
import { openTask } from '../ui/task-detail.js';
import { listenToCircles, taskRow } from '../ui/task.js';

export const modules = ['todo'];

/** @type {import('../ui/add-form.js').Wording} */
const NEW_TASK = {
  id: 'neue-aufgabe',
  label: 'Neue Aufgabe',
  placeholder: 'Was steht an?',
  longest: 500,
  testId: ADD_TASK,
};
/** The ring's length, so that a share of it is a share of a hundred. */
const RING_RADIUS = 100 / (2 * Math.PI);

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @returns {View}
 */
export function open(library, pages) {
  const record = opened();
  if (record !== null) return openTask(library, pages, record);
  const line = el('p', { class: 'page-line' });
  const form = addForm(NEW_TASK, (title) => add(library, title));
  const lists = el('div', { class: 'task-lists' });
  const remaining = taskSection('open-tasks', 'Offene Aufgaben');
  const completed = taskSection('completed-tasks', 'Erledigte Aufgaben');
  const aside = el('aside', { class: 'overview', 'aria-label': 'Überblick' });
  const columns = el('div', { class: 'columns' }, el('div', { class: 'column' }, form.element, lists), aside);
  listenToCircles(lists, library);
  let drawn = false;
  return {
    nodes: [pageHeading(pageOf(pages, 'todo').title, line), columns],
    draw(settled) {
      const tasks = library.items('todo');
      form.enable(library.writable);
      if (tasks.length === 0 && !settled) return replaceChanged(lists, [el('div', { class: 'card' }, skeleton(6))]);
      const [left, done] = [openTasks(tasks), completedTasks(tasks)];
      const rows = (/** @type {Item[]} */ some) => some.map((task) => taskRow(task, library));
      line.textContent = lineWords(left.length, done.length);
      remaining.fill(null, left.length > 0 ? rows(left) : nothingLeft(done.length), drawn);
      completed.fill(`Erledigt · ${done.length}`, rows(done), drawn);
      replaceChanged(lists, done.length > 0 ? [remaining.element, completed.element] : [remaining.element]);
      replaceChanged(aside, tasks.length > 0 ? [overview(tasks)] : []);
      drawn = settled;
    },
  };
}

/**
 * A card whose rows change while it stays.
 *
 * @param {string} className
 * @param {string} label
 */
function taskSection(className, label) {
  const list = el('ul', { class: 'tasks' });
  const element = el('section', { class: `card ${className}`, 'aria-label': label });
  /**
   * @param {string | null} heading
   * @param {HTMLElement[] | HTMLElement} content Rows, or what stands in their place.
   * @param {boolean} animate
   */
  const fill = (heading, content, animate) => {
    const rows = Array.isArray(content) ? content : [];
    const top = heading === null ? [] : [el('h2', { class: 'list-heading' }, heading)];
    replaceChanged(list, rows, { animate });
    replaceChanged(element, [...top, Array.isArray(content) ? list : content]);
  };
  return { element, fill };
}

/** @param {number} done */
function nothingLeft(done) {
  if (done > 0) return emptyState('check', 'Alles erledigt', 'Du hast nichts mehr offen. Schön!');
  return emptyState('todo', 'Alles frei', 'Hier stehen deine Aufgaben. Schreib oben die erste auf.');
}

/**
 * @param {Library} library
 * @param {string} title
 */
async function add(library, title) {
  const space = library.personalSpace;
  if (!space) throw new Error('the personal space is not known yet');
  const now = new Date().toISOString();
  await library.collections.get('todo')?.insert({
    id: crypto.randomUUID(),
    title,
    description: null,
    priority: 'medium',
    isCompleted: false,
    completedAt: null,
    dueDate: null,
    order: nextOrder(library.items('todo')),
    subtasks: null,
    createdAt: now,
    updatedAt: now,
    spaceId: space.id,
  });
}

/**
 * @param {number} left
 * @param {number} done
 */
function lineWords(left, done) {
  if (left + done === 0) return 'Noch keine Aufgaben';
  return `${left === 0 ? 'Nichts' : left} offen · ${done} erledigt`;
}

/** @param {Item[]} tasks */
function overview(tasks) {
  const done = completedTasks(tasks).length;
  const { over, today, week } = dueCounts(tasks, new Date());
  const row = (/** @type {string} */ tone, /** @type {string} */ label, /** @type {number} */ count) => {
    return el('div', { class: 'fact', 'data-tone': tone }, el('dt', {}, label), el('dd', {}, String(count)));
  };
  return el(
    'div',
    { class: 'card overview-card' },
    ring(done, tasks.length),
    el('p', { class: 'ring-words' }, `${done} von ${counted(tasks.length, 'Aufgabe', 'Aufgaben')} erledigt`),
    el(
      'dl',
      { class: 'facts' },
      row('over', 'Überfällig', over),
      row('today', 'Heute fällig', today),
      row('later', 'Nächste 7 Tage', week),
    ),
  );
}

/**
 * @param {number} done
 * @param {number} all
 */
function ring(done, all) {
  const share = Math.round((done / all) * 100);
  const circle = { cx: 20, cy: 20, r: RING_RADIUS };
  return svg(
    'svg',
    { class: 'ring', viewBox: '0 0 40 40', 'aria-hidden': 'true' },
    svg('circle', { class: 'track', ...circle }),
    // A round cap would be seen even where nothing is done.
    ...(share > 0
      ? [
          svg('circle', {
            class: 'share',
            ...circle,
            'stroke-dasharray': `${share} 100`,
            transform: 'rotate(-90 20 20)',
          }),
        ]
      : []),
    svg('text', { x: 20, y: 20 }, `${share} %`),
  );
}
