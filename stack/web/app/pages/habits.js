/**
 * Habits as coloured tiles.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { habitIcon } from '../art/icons.js';
import { pageOf } from '../config.js';
import { activeHabits, archivedHabits, goalWords } from '../data/habits.js';
import { el, replaceChanged } from '../dom.js';
import { HABIT } from '../test-ids.js';
import { counted, emptyState, pageHeading, plain, skeleton, spaceChip, text, tint } from '../ui/parts.js';

export const modules = ['habits'];

/** A target up to here is drawn as dots to count. */
const MOST_DOTS = 10;

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @returns {View}
 */
export function open(library, pages) {
  const line = el('p', { class: 'page-line' });
  const grid = el('div', { class: 'habits' });
  const archive = el('div', { class: 'archive' });
  let drawn = false;
  return {
    nodes: [pageHeading(pageOf(pages, 'habits').title, line), grid, archive],
    draw(settled) {
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
  const element = el(
    'article',
    { class: 'habit', 'data-key': habit.id, 'data-testid': HABIT },
    el('span', { class: 'habit-icon' }, habitIcon(plain(habit.icon))),
    el('h2', { class: 'habit-title' }, text(habit.title)),
    el('p', { class: 'habit-goal' }, goalWords(habit) ?? 'Ohne festes Ziel'),
    target > 1 && target <= MOST_DOTS && dots(target),
    spaceChip(library.sharedSpaceName(habit.spaceId)),
  );
  return tint(element, habit.color);
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
