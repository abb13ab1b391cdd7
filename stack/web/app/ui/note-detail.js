/**
 * One note, the whole of it.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from './page-frame.js'
 */

import { icon } from '../art/icons.js';
import { pageOf } from '../config.js';
import { el, replaceChanged } from '../dom.js';
import { NOTE_DETAIL } from '../test-ids.js';
import { prose } from '../text/prose.js';
import { liveTime } from '../time/live-time.js';
import { wayBack } from './opened.js';
import { emptyState, skeleton, spaceChip, text, tint } from './parts.js';

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @param {string} id
 * @returns {View}
 */
export function openNote(library, pages, id) {
  const place = el('div', { class: 'record' });
  return {
    nodes: [wayBack(pageOf(pages, 'notes').path, 'Alle Notizen'), place],
    draw(settled) {
      const note = library.items('notes').find((candidate) => candidate.id === id);
      const gone = emptyState('notes', 'Diese Notiz gibt es nicht mehr', 'Sie wurde gelöscht oder ist nicht für dich.');
      replaceChanged(place, [note ? sheet(note, library) : el('div', { class: 'card' }, settled ? gone : skeleton(8))]);
    },
  };
}

/**
 * @param {Item} note
 * @param {Library} library
 */
function sheet(note, library) {
  const element = el(
    'article',
    { class: 'note card whole', 'data-testid': NOTE_DETAIL },
    el('h1', { class: 'note-title', tabindex: -1 }, el('span', {}, text(note.title)), note.isPinned === true && pinned()),
    el('div', { class: 'prose' }, ...prose(note.content)),
    noteFoot(note, library),
  );
  return tint(element, note.color);
}

/**
 * When a note was changed last, and where it belongs.
 *
 * @param {Item} note
 * @param {Library} library
 */
export function noteFoot(note, library) {
  return el(
    'footer',
    { class: 'note-foot' },
    typeof note.updatedAt === 'string' && liveTime('ago', note.updatedAt, 'quiet'),
    spaceChip(library.sharedSpaceName(note.spaceId)),
  );
}

/** The sign of a note that stands before the others. */
export function pinned() {
  return el('span', { class: 'pin', title: 'Angeheftet' }, icon('pin'), el('span', { class: 'hidden' }, 'angeheftet'));
}
