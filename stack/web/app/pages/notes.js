/**
 * Notes as cards, the pinned ones first.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { icon } from '../art/icons.js';
import { pageOf } from '../config.js';
import { UNREADABLE } from '../data/collection.js';
import { shownNotes } from '../data/notes.js';
import { el, replaceChanged } from '../dom.js';
import { NOTE } from '../test-ids.js';
import { markdown } from '../text/markdown.js';
import { liveTime } from '../time/live-time.js';
import { counted, emptyState, pageHeading, plain, skeleton, spaceChip, text, tint } from '../ui/parts.js';

export const modules = ['notes'];

/** A longer note is cut and can be unfolded. */
const LONGEST = 480;
const MOST_LINES = 12;

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @returns {View}
 */
export function open(library, pages) {
  const line = el('p', { class: 'page-line' });
  const grid = el('div', { class: 'notes' });
  /** @type {Set<string>} */
  const unfolded = new Set();
  let drawn = false;
  const view = {
    nodes: [pageHeading(pageOf(pages, 'notes').title, line), grid],
    /** @param {boolean} settled */
    draw(settled) {
      const notes = shownNotes(library.items('notes'));
      if (notes.length === 0 && !settled) {
        replaceChanged(
          grid,
          ['a', 'b', 'c'].map((key) => el('div', { class: 'card', 'data-key': key }, skeleton(5))),
        );
        return;
      }
      line.textContent = lineWords(notes);
      const empty = emptyState(
        'notes',
        'Noch keine Notizen',
        'Gedanken, Listen, Ideen: Was du festhältst, findest du hier.',
      );
      const cards = notes.map((note) => card(note, library, unfolded.has(note.id)));
      grid.classList.toggle('nothing', cards.length === 0);
      replaceChanged(grid, cards.length > 0 ? cards : [el('div', { class: 'card' }, empty)], { animate: drawn });
      drawn = settled;
    },
  };
  grid.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button[data-note]') : null;
    const id = button?.getAttribute('data-note');
    if (!id) return;
    if (!unfolded.delete(id)) unfolded.add(id);
    view.draw(drawn);
  });
  return view;
}

/**
 * @param {Item} note
 * @param {Library} library
 * @param {boolean} unfolded
 */
function card(note, library, unfolded) {
  const content = plain(note.content);
  const long = content.length > LONGEST || content.split('\n').length > MOST_LINES;
  const bodyId = `notiz-${note.id}`;
  const element = el(
    'article',
    { class: 'note card', 'data-key': note.id, 'data-testid': NOTE },
    el('h2', { class: 'note-title' }, text(note.title), note.isPinned === true && pinned()),
    el('div', { id: bodyId, class: long && !unfolded ? 'prose cut' : 'prose' }, ...body(note.content)),
    long ? unfoldButton(note.id, bodyId, unfolded) : null,
    el(
      'footer',
      { class: 'note-foot' },
      typeof note.updatedAt === 'string' && liveTime('ago', note.updatedAt, 'quiet'),
      spaceChip(library.sharedSpaceName(note.spaceId)),
    ),
  );
  return tint(element, note.color);
}

/** @param {unknown} content */
function body(content) {
  return content === UNREADABLE ? [text(content)] : markdown(plain(content));
}

function pinned() {
  return el('span', { class: 'pin', title: 'Angeheftet' }, icon('pin'), el('span', { class: 'hidden' }, 'angeheftet'));
}

/**
 * @param {string} id
 * @param {string} bodyId
 * @param {boolean} unfolded
 */
function unfoldButton(id, bodyId, unfolded) {
  const attributes = { 'data-note': id, 'aria-expanded': unfolded ? 'true' : 'false', 'aria-controls': bodyId };
  const button = el('button', { class: 'more', type: 'button', id: `mehr-${id}`, ...attributes });
  button.append(unfolded ? 'Weniger zeigen' : 'Weiterlesen');
  return button;
}

/** @param {Item[]} notes */
function lineWords(notes) {
  if (notes.length === 0) return 'Noch nichts festgehalten';
  const pins = notes.filter((note) => note.isPinned === true).length;
  return counted(notes.length, 'Notiz', 'Notizen') + (pins > 0 ? ` · ${pins} angeheftet` : '');
}
