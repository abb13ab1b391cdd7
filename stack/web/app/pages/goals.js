/**
 * Goals: how far each has come.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { pageOf } from '../config.js';
import { isReached, shownGoals } from '../data/goals.js';
import { el, replaceChanged } from '../dom.js';
import { goalCard } from '../ui/goal.js';
import { counted, emptyState, pageHeading, skeleton } from '../ui/parts.js';

export const modules = ['goals'];

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @returns {View}
 */
export function open(library, pages) {
  const line = el('p', { class: 'page-line' });
  const grid = el('div', { class: 'goals' });
  let drawn = false;
  return {
    nodes: [pageHeading(pageOf(pages, 'goals').title, line), grid],
    draw(settled) {
      const goals = shownGoals(library.items('goals'));
      if (goals.length === 0 && !settled) return replaceChanged(grid, [el('div', { class: 'card' }, skeleton(5))]);
      line.textContent = lineWords(goals);
      const empty = emptyState('goals', 'Noch kein Ziel', 'Etwas, das sich zählen lässt: So siehst du, wie es näher kommt.');
      grid.classList.toggle('nothing', goals.length === 0);
      const cards = goals.map((goal) => goalCard(goal, library));
      replaceChanged(grid, cards.length > 0 ? cards : [el('div', { class: 'card' }, empty)], { animate: drawn });
      drawn = settled;
    },
  };
}

/** @param {Item[]} goals */
function lineWords(goals) {
  if (goals.length === 0) return 'Noch keines';
  const reached = goals.filter(isReached).length;
  return counted(goals.length, 'Ziel', 'Ziele') + (reached > 0 ? ` · ${reached} erreicht` : '');
}
