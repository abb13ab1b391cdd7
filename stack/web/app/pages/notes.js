/**
 * Notes as cards, the pinned ones first, with a search in what they say.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { icon } from '../art/icons.js';
import { pageOf } from '../config.js';
import { foundNotes, shownNotes } from '../data/notes.js';
import { el, replaceChanged } from '../dom.js';
import { NOTE, NOTES_SEARCH, NOTE_LINK } from '../test-ids.js';
import { prose } from '../text/prose.js';
import { noteFoot, openNote, pinned } from '../ui/note-detail.js';
import { opened, placeOf } from '../ui/opened.js';
import { counted, emptyState, pageHeading, plain, skeleton, text, tint } from '../ui/parts.js';

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
  const record = opened();
  if (record !== null) return openNote(library, pages, record);
  const { path, title } = pageOf(pages, 'notes');
  const line = el('p', { class: 'page-line' });
  const search = searchForm(() => view.draw(drawn));
  const grid = el('div', { class: 'notes' });
  /** @type {Set<string>} */
  const unfolded = new Set();
  let drawn = false;
  const view = {
    nodes: [pageHeading(title, line), search.element, grid],
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
      const found = foundNotes(notes, search.words());
      line.textContent = found.length === notes.length ? lineWords(notes) : `${found.length} von ${counted(notes.length, 'Notiz', 'Notizen')}`;
      search.element.hidden = notes.length === 0;
      const empty =
        notes.length === 0
          ? emptyState('notes', 'Noch keine Notizen', 'Gedanken, Listen, Ideen: Was du festhältst, findest du hier.')
          : emptyState('search', 'Nichts gefunden', 'Keine deiner Notizen enthält alle diese Wörter.');
      const cards = found.map((note) => card(note, path, library, unfolded.has(note.id)));
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
 * @param {string} path The page's.
 * @param {Library} library
 * @param {boolean} unfolded
 */
function card(note, path, library, unfolded) {
  const content = plain(note.content);
  const long = content.length > LONGEST || content.split('\n').length > MOST_LINES;
  const bodyId = `notiz-${note.id}`;
  const element = el(
    'article',
    { class: 'note card', 'data-key': note.id, 'data-testid': NOTE },
    el(
      'h2',
      { class: 'note-title' },
      el('a', { href: placeOf(path, note.id), 'data-testid': NOTE_LINK }, text(note.title)),
      note.isPinned === true && pinned(),
    ),
    el('div', { id: bodyId, class: long && !unfolded ? 'prose cut' : 'prose' }, ...prose(note.content)),
    long ? unfoldButton(note.id, bodyId, unfolded) : null,
    noteFoot(note, library),
  );
  return tint(element, note.color);
}

/** @param {() => void} changed */
function searchForm(changed) {
  const id = 'notizen-suchen';
  const input = /** @type {HTMLInputElement} */ (
    el('input', { type: 'search', id, placeholder: 'Notizen durchsuchen', autocomplete: 'off', 'data-testid': NOTES_SEARCH })
  );
  const label = el('label', { for: id, class: 'hidden' }, 'Notizen durchsuchen');
  const element = el('form', { class: 'line-form', role: 'search' }, icon('search'), label, input);
  element.addEventListener('submit', (event) => event.preventDefault());
  input.addEventListener('input', changed);
  return { element, words: () => input.value };
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
