/**
 * One persona, as administrators see it: when it played, how it went, what it thinks.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Persona, Report } from '../data/persona-reports.js'
 */

import { tintOf, initials } from '../data/contacts.js';
import { trends } from '../data/persona-reports.js';
import { el } from '../dom.js';
import { PERSONA } from '../test-ids.js';
import { liveTime } from '../time/live-time.js';
import { counted, tint } from './parts.js';

const WEEKS = 12;
const NOTES = 6;
const BEST = 5;
/** A change below this is none to speak of. */
const NOTICEABLE = 0.05;

/** @type {Record<string, string>} */
const CADENCES = { hourly: 'stündlich', daily: 'täglich', weekdays: 'werktags' };
const decimal = new Intl.NumberFormat('de-DE', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const signed = new Intl.NumberFormat('de-DE', { maximumFractionDigits: 1, signDisplay: 'always' });

/**
 * @param {Report} report
 * @param {PageConfig[]} pages
 */
export function personaCard({ persona, feedbackByWeek, recentFeedback }, pages) {
  const titleOf = (/** @type {string} */ module) => pages.find((page) => page.module === module)?.title ?? module;
  const element = el(
    'article',
    { class: 'persona card', 'data-key': persona.userId, 'data-testid': PERSONA },
    head(persona),
    facts(persona),
    feedbackByWeek.length > 0 ? ratings(feedbackByWeek, titleOf) : null,
    notes(recentFeedback, titleOf),
  );
  return tint(element, tintOf({ id: persona.userId, spaceId: null, name: persona.name }));
}

/** @param {Persona} persona */
function head({ userId, name, archetype, tickCadence, due }) {
  const letters = initials({ id: userId, spaceId: null, name });
  return el(
    'header',
    { class: 'persona-head' },
    el('span', { class: 'contact-face', 'aria-hidden': 'true' }, letters),
    el(
      'div',
      {},
      el('h2', { class: 'contact-name' }, name, due && el('span', { class: 'chip due-chip' }, 'dran')),
      el('p', { class: 'contact-place' }, `${archetype} · ${CADENCES[tickCadence] ?? tickCadence}`),
    ),
  );
}

/** @param {Persona} persona */
function facts({ lastActiveAt, actions7d, errors7d }) {
  const fact = (/** @type {string} */ title, /** @type {Node | string} */ words) =>
    el('div', {}, el('dt', {}, title), el('dd', {}, words));
  const failed = errors7d === 0 ? 'ohne Fehler' : counted(errors7d, 'Fehler', 'Fehler');
  return el(
    'dl',
    { class: 'persona-facts' },
    fact('Zuletzt gespielt', lastActiveAt ? liveTime('ago', lastActiveAt) : 'noch nie'),
    fact('In sieben Tagen', `${counted(actions7d, 'Aufruf', 'Aufrufe')}, ${failed}`),
  );
}

/**
 * @param {Report['feedbackByWeek']} feedback
 * @param {(module: string) => string} titleOf
 */
function ratings(feedback, titleOf) {
  const row = (/** @type {ReturnType<typeof trends>[number]} */ { module, averages, latest, change }) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, titleOf(module)),
      el('td', {}, weeks(averages)),
      el('td', { class: 'persona-rating' }, latest === null ? '' : decimal.format(latest)),
      el('td', { class: 'persona-change', 'data-way': wayOf(change) }, change === null ? '' : signed.format(change)),
    );
  return el(
    'table',
    { class: 'persona-ratings' },
    el('caption', {}, `Bewertungen, ${WEEKS} Wochen`),
    el('tbody', {}, ...trends(feedback, WEEKS).map(row)),
  );
}

/** @param {number | null} change */
function wayOf(change) {
  if (change === null || Math.abs(change) < NOTICEABLE) return 'same';
  return change > 0 ? 'up' : 'down';
}

/** @param {(number | null)[]} averages A bar for each week. */
function weeks(averages) {
  const bar = (/** @type {number | null} */ average) =>
    el('meter', { min: 0, max: BEST, value: average ?? 0, class: average === null && 'none' });
  return el('span', { class: 'persona-weeks', 'aria-hidden': 'true' }, ...averages.map(bar));
}

/**
 * @param {Report['recentFeedback']} feedback
 * @param {(module: string) => string} titleOf
 */
function notes(feedback, titleOf) {
  const told = feedback.filter((row) => row.notes).slice(0, NOTES);
  if (told.length === 0) return el('p', { class: 'quiet' }, 'Noch keine Bewertung');
  const note = (/** @type {Report['recentFeedback'][number]} */ { module, rating, notes: words }) =>
    el('li', {}, el('strong', {}, `${titleOf(module)}, ${rating} von ${BEST}: `), words ?? '');
  return el('ul', { class: 'persona-notes' }, ...told.map(note));
}
