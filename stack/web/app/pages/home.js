/**
 * The dashboard: a greeting in its landscape, then a card for each module.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { icon } from '../art/icons.js';
import { scene } from '../art/scene.js';
import { pageOf } from '../config.js';
import { startOf, upcomingEvents } from '../data/calendar.js';
import { inUseFirst } from '../data/in-use.js';
import { dueCounts, openTasks } from '../data/tasks.js';
import { el, replaceChanged } from '../dom.js';
import { CARD, GREETING } from '../test-ids.js';
import { greetingWords, partOfDay } from '../time/german.js';
import { liveTime } from '../time/live-time.js';
import { counted, skeleton } from '../ui/parts.js';
import { listenToCircles } from '../ui/task.js';
import {
  articlesCard,
  contactsCard,
  eventsCard,
  goalsCard,
  habitsCard,
  invoicesCard,
  journalCard,
  moodsCard,
  notesCard,
  tasksCard,
} from './home-cards.js';

/**
 * @typedef {object} CardContent
 * @property {string} [count] Beside the title.
 * @property {Node} body
 */

/** @type {Record<string, (library: Library) => CardContent>[]} In two columns, each in this order. */
const CARDS = [
  { todo: tasksCard, notes: notesCard, calendar: eventsCard, articles: articlesCard, invoices: invoicesCard },
  { journal: journalCard, habits: habitsCard, contacts: contactsCard, mood: moodsCard, goals: goalsCard },
];
/** Cards of a column at least, be there something on them or not. */
const LEAST = 2;

export const modules = CARDS.flatMap((column) => Object.keys(column));

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @returns {View}
 */
export function open(library, pages) {
  const hero = el('div', { class: 'hero-place' });
  const columns = CARDS.map(() => el('div', { class: 'dashboard-column' }));
  const cards = el('div', { class: 'dashboard' }, ...columns);
  listenToCircles(cards, library);
  return {
    nodes: [hero, cards],
    draw(settled) {
      replaceChanged(hero, [heroBanner(library, settled)]);
      CARDS.forEach((some, column) => {
        const drawn = shownModules(Object.keys(some), library).map((module) => {
          const waiting = library.items(module).length === 0 && !settled;
          return card(pageOf(pages, module), waiting ? { body: skeleton(4) } : some[module](library));
        });
        replaceChanged(columns[column], drawn);
      });
    },
  };
}

/**
 * What a column shows: the modules that hold something, and as many others as it takes to look like a column.
 *
 * @param {string[]} column
 * @param {Library} library
 */
function shownModules(column, library) {
  const inUse = column.filter((module) => library.items(module).length > 0).length;
  const shown = new Set(inUseFirst(column, library).slice(0, Math.max(inUse, LEAST)));
  return column.filter((module) => shown.has(module));
}

/**
 * @param {Library} library
 * @param {boolean} settled
 */
function heroBanner(library, settled) {
  const now = new Date();
  const part = partOfDay(now);
  const firstName = library.user.name.trim().split(/\s+/)[0];
  const greeting = firstName ? `${greetingWords(now)}, ${firstName}` : greetingWords(now);
  return el(
    'section',
    { class: 'hero', 'data-part': part },
    /** @type {any} */ (scene(part)),
    el(
      'div',
      { class: 'hero-words' },
      liveTime('today', null, 'hero-day'),
      el('h1', { class: 'hero-greeting', tabindex: -1, 'data-testid': GREETING }, greeting),
      el('p', { class: 'hero-line' }, settled ? lineWords(library) : '\u00a0'),
    ),
    liveTime('clock', null, 'hero-clock'),
  );
}

/** @param {Library} library */
function lineWords(library) {
  const tasks = library.items('todo');
  const left = openTasks(tasks).length;
  const { over, today } = dueCounts(tasks, new Date());
  if (left === 0) return eventWords(library) ?? 'Nichts steht an. Genieß den Tag.';
  const pressing = over + today;
  const first = `${counted(left, 'Aufgabe wartet', 'Aufgaben warten')} auf dich`;
  return pressing > 0 ? `${first}, ${pressing} davon bis heute.` : `${first}, keine davon eilt.`;
}

/**
 * "3 Termine in den nächsten sieben Tagen."; `null` where there is none.
 *
 * @param {Library} library
 */
function eventWords(library) {
  const now = new Date();
  const end = now.getTime() + 7 * 24 * 60 * 60 * 1000;
  const soon = upcomingEvents(library.items('calendar'), now).filter((event) => Number(startOf(event)) < end).length;
  return soon > 0 ? `${counted(soon, 'Termin', 'Termine')} in den nächsten sieben Tagen.` : null;
}

/**
 * @param {PageConfig} page What the card is a part of.
 * @param {CardContent} content
 */
function card({ module, path, title }, { count, body }) {
  const headingId = `karte-${module}`;
  return el(
    'section',
    {
      class: 'card module-card',
      'data-key': module,
      'data-module': module,
      'aria-labelledby': headingId,
      'data-testid': CARD,
    },
    el(
      'header',
      { class: 'card-heading' },
      el('span', { class: 'module-icon' }, icon(module)),
      el('h2', { id: headingId }, title),
      count ? el('span', { class: 'count' }, count) : null,
      el('a', { class: 'card-link', href: path, 'aria-label': `Alle ${title} ansehen` }, 'Alle', icon('right')),
    ),
    body,
  );
}
