/**
 * One mood, as a card of its page and as a row of the dashboard.
 *
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 */

import { face } from '../art/moods.js';
import { feltAt, levelOf } from '../data/mood.js';
import { el } from '../dom.js';
import { MOOD } from '../test-ids.js';
import { clockWords } from '../time/german.js';
import { plain, spaceChip, tagChip, text } from './parts.js';

const MOST_ENERGY = 5;

/**
 * @param {Item} mood
 * @param {Library} library
 */
export function moodCard(mood, library) {
  const tags = Array.isArray(mood.tags) ? mood.tags.map(plain).filter(Boolean) : [];
  return el(
    'article',
    { class: 'felt card', 'data-key': mood.id, 'data-testid': MOOD },
    ...head(mood),
    mood.note ? el('p', { class: 'felt-note' }, text(mood.note)) : null,
    el('p', { class: 'chips' }, ...tags.map(tagChip), spaceChip(library.sharedSpaceName(mood.spaceId))),
  );
}

/** @param {Item} mood */
export function moodRow(mood) {
  return el(
    'li',
    { class: 'felt-row', 'data-testid': MOOD },
    ...head(mood),
    mood.note ? el('p', { class: 'felt-note' }, text(mood.note)) : null,
  );
}

/** @param {Item} mood Its face, its word, when, and the energy. */
function head(mood) {
  const [level, time] = [levelOf(mood), feltAt(mood)];
  if (!level || !time) return [];
  return [
    /** @type {any} */ (face(level.face)),
    el(
      'div',
      { class: 'felt-head' },
      el('h3', { class: 'felt-level' }, level.words),
      el('p', { class: 'quiet' }, `${clockWords(time)} Uhr`),
    ),
    energy(Math.floor(Number(mood.energy) || 0)),
  ];
}

/** @param {number} level */
function energy(level) {
  if (level < 1 || level > MOST_ENERGY) return null;
  const dots = Array.from({ length: MOST_ENERGY }, (_, n) => el('span', { class: n < level && 'full' }));
  return el(
    'p',
    { class: 'energy', title: `Energie ${level} von ${MOST_ENERGY}` },
    el('span', { class: 'hidden' }, `Energie ${level} von ${MOST_ENERGY}`),
    el('span', { class: 'energy-dots', 'aria-hidden': 'true' }, ...dots),
  );
}
