/**
 * One goal, as a card of its page and as a row of the dashboard.
 *
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 */

import { icon } from '../art/icons.js';
import { countsOf, dueDay, isReached } from '../data/goals.js';
import { el } from '../dom.js';
import { GOAL } from '../test-ids.js';
import { localDay } from '../time/german.js';
import { plain, spaceChip, text } from './parts.js';

const number = new Intl.NumberFormat('de-DE');
const longDay = new Intl.DateTimeFormat('de-DE', { day: 'numeric', month: 'long', year: 'numeric' });

/**
 * @param {Item} goal
 * @param {Library} library
 */
export function goalCard(goal, library) {
  const day = dueDay(goal);
  return el(
    'article',
    { class: isReached(goal) ? 'goal card reached' : 'goal card', 'data-key': goal.id, 'data-testid': GOAL },
    el('h3', { class: 'goal-title' }, text(goal.title), isReached(goal) && icon('check')),
    goal.description ? el('p', { class: 'goal-description' }, text(goal.description)) : null,
    ...bar(goal),
    el(
      'footer',
      { class: 'goal-foot' },
      day && el('span', { class: 'chip' }, icon('flag'), `bis ${longDay.format(localDay(day))}`),
      spaceChip(library.sharedSpaceName(goal.spaceId)),
    ),
  );
}

/** @param {Item} goal */
export function goalRow(goal) {
  const row = el('li', { class: isReached(goal) ? 'goal-row reached' : 'goal-row', 'data-testid': GOAL });
  row.append(el('p', { class: 'goal-row-title' }, text(goal.title)), ...bar(goal));
  return row;
}

/** @param {Item} goal How far it is, as a bar and in words. */
function bar(goal) {
  const { progress, target } = countsOf(goal);
  const words = `${number.format(progress)} von ${number.format(target)} ${plain(goal.unit)}`.trim();
  return [
    el('meter', { class: 'goal-bar', min: 0, max: target, value: Math.min(progress, target), 'aria-label': words }),
    el('p', { class: 'goal-words' }, words),
  ];
}
