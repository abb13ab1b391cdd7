/**
 * Habits as coloured tiles, a line to add one, and those that were laid aside.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { habitIcon, icon } from '../art/icons.js';
import { pageOf } from '../config.js';
import { nameOf } from '../data/fold.js';
import { activeHabits, archivedHabits, goalWords } from '../data/habits.js';
import { el, replaceChanged } from '../dom.js';
import { ADD_HABIT, ARCHIVED_HABIT, ARCHIVE_HABIT, HABIT } from '../test-ids.js';
import { addForm } from '../ui/add-form.js';
import { counted, emptyState, pageHeading, plain, skeleton, spaceChip, text, tint } from '../ui/parts.js';
import { toast } from '../ui/toast.js';

export const modules = ['habits'];

/** @type {import('../ui/add-form.js').Wording} */
const NEW_HABIT = {
  id: 'neue-gewohnheit',
  label: 'Neue Gewohnheit',
  placeholder: 'Was möchtest du öfter tun?',
  longest: 120,
  testId: ADD_HABIT,
};
/** The colour of a habit that was not given one. */
const FIRST_COLOUR = '#6366f1';
/** A target up to here is drawn as dots to count. */
const MOST_DOTS = 10;

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @returns {View}
 */
export function open(library, pages) {
  const line = el('p', { class: 'page-line' });
  const form = addForm(NEW_HABIT, (title) => add(library, title));
  const grid = el('div', { class: 'habits' });
  const archive = el('div', { class: 'archive' });
  for (const place of [grid, archive]) listenToArchiving(place, library);
  let drawn = false;
  return {
    nodes: [pageHeading(pageOf(pages, 'habits').title, line), form.element, grid, archive],
    draw(settled) {
      form.enable(library.writable);
      const habits = library.items('habits');
      const [active, archived] = [activeHabits(habits), archivedHabits(habits)];
      if (habits.length === 0 && !settled) {
        replaceChanged(
          grid,
          ['a', 'b', 'c'].map((key) => el('div', { class: 'card', 'data-key': key }, skeleton(3))),
        );
        return;
      }
      line.textContent = lineWords(active);
      const empty = emptyState(
        'habits',
        'Noch keine Gewohnheiten',
        'Was dir guttut, wächst mit der Wiederholung. Fang klein an.',
      );
      grid.classList.toggle('nothing', active.length === 0);
      const tiles = active.map((habit) => tile(habit, library));
      replaceChanged(grid, tiles.length > 0 ? tiles : [el('div', { class: 'card' }, empty)], { animate: drawn });
      replaceChanged(archive, archived.length > 0 ? [archiveSection(archived, library)] : []);
      drawn = settled;
    },
  };
}

/**
 * @param {Item} habit
 * @param {Library} library
 */
function tile(habit, library) {
  const target = Math.floor(Number(habit.targetPerDay) || 0);
  const archived = habit.isArchived === true;
  const element = el(
    'article',
    { class: 'habit', 'data-key': habit.id, 'data-testid': archived ? ARCHIVED_HABIT : HABIT },
    archiveButton(habit, archived, library.writable),
    el('span', { class: 'habit-icon' }, habitIcon(plain(habit.icon))),
    el('h2', { class: 'habit-title' }, text(habit.title)),
    el('p', { class: 'habit-goal' }, goalWords(habit) ?? 'Ohne festes Ziel'),
    target > 1 && target <= MOST_DOTS && dots(target),
    spaceChip(library.sharedSpaceName(habit.spaceId)),
  );
  return tint(element, habit.color);
}

/**
 * @param {Item} habit
 * @param {boolean} archived
 * @param {boolean} writable
 */
function archiveButton(habit, archived, writable) {
  const words = `${archived ? 'Zurückholen' : 'Archivieren'}: ${plain(habit.title) || 'Gewohnheit'}`;
  const attributes = { 'data-habit': nameOf(habit), 'data-archived': archived ? 'true' : 'false', 'data-testid': ARCHIVE_HABIT };
  return el(
    'button',
    { class: 'habit-archive', type: 'button', 'aria-label': words, title: words, disabled: !writable, ...attributes },
    icon(archived ? 'back' : 'archive'),
  );
}

/**
 * @param {HTMLElement} container
 * @param {Library} library
 */
function listenToArchiving(container, library) {
  container.addEventListener('click', async (event) => {
    const button = event.target instanceof Element ? event.target.closest('button[data-habit]') : null;
    if (!button) return;
    const isArchived = button.getAttribute('data-archived') !== 'true';
    try {
      await library.collections.get('habits')?.update(String(button.getAttribute('data-habit')), { isArchived });
    } catch (error) {
      console.info('not saved:', error);
      toast('Nicht gespeichert – bitte später noch einmal versuchen.');
    }
  });
}

/**
 * @param {Library} library
 * @param {string} title
 */
async function add(library, title) {
  const space = library.personalSpace;
  if (!space) throw new Error('the personal space is not known yet');
  const now = new Date().toISOString();
  await library.collections.get('habits')?.insert({
    id: crypto.randomUUID(),
    title,
    icon: 'star',
    color: FIRST_COLOUR,
    targetPerDay: null,
    defaultDuration: null,
    order: library.items('habits').length,
    isArchived: false,
    createdAt: now,
    updatedAt: now,
    spaceId: space.id,
  });
}

/** @param {number} count */
function dots(count) {
  return el('span', { class: 'dots', 'aria-hidden': 'true' }, ...Array.from({ length: count }, () => el('span')));
}

/**
 * @param {Item[]} habits
 * @param {Library} library
 */
function archiveSection(habits, library) {
  return el(
    'section',
    { 'data-key': 'archive' },
    el('h2', { class: 'list-heading' }, `Archiv · ${habits.length}`),
    el('div', { class: 'habits archived' }, ...habits.map((habit) => tile(habit, library))),
  );
}

/** @param {Item[]} habits */
function lineWords(habits) {
  return habits.length === 0
    ? 'Noch keine'
    : `${counted(habits.length, 'Gewohnheit', 'Gewohnheiten')}, die dich ${habits.length === 1 ? 'begleitet' : 'begleiten'}`;
}
