/**
 * The diary: a leaf for each day, with mood and tags.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { icon } from '../art/icons.js';
import { face, isMood } from '../art/moods.js';
import { pageOf } from '../config.js';
import { dayOf, latestEntries, moodCounts } from '../data/journal.js';
import { el, replaceChanged } from '../dom.js';
import { JOURNAL_ENTRY, WRITE_ENTRY } from '../test-ids.js';
import { prose } from '../text/prose.js';
import { liveTime } from '../time/live-time.js';
import { dayGroup } from '../ui/day.js';
import { NEW, openWriting } from '../ui/entry-form.js';
import { opened, placeOf } from '../ui/opened.js';
import { counted, emptyState, pageHeading, plain, skeleton, spaceChip, tagChip, text } from '../ui/parts.js';
import { tallyCard } from '../ui/tally.js';

export const modules = ['journal'];

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @returns {View}
 */
export function open(library, pages) {
  const { path, title } = pageOf(pages, 'journal');
  if (opened() === NEW) return openWriting(library, path);
  const line = el('p', { class: 'page-line' });
  const write = el('a', { class: 'button', href: placeOf(path, NEW), 'data-testid': WRITE_ENTRY }, icon('pen'), 'Neuer Eintrag');
  const days = el('div', { class: 'days' });
  const aside = el('aside', { class: 'overview', 'aria-label': 'Stimmungen' });
  let drawn = false;
  return {
    nodes: [
      pageHeading(title, line, write),
      el('div', { class: 'columns' }, el('div', { class: 'column' }, days), aside),
    ],
    draw(settled) {
      const entries = latestEntries(library.items('journal'));
      if (entries.length === 0 && !settled) return replaceChanged(days, [el('div', { class: 'card' }, skeleton(8))]);
      line.textContent = entries.length === 0 ? 'Noch unbeschrieben' : lineWords(entries);
      const empty = emptyState(
        'journal',
        'Die erste Seite ist noch leer',
        'Ein paar Zeilen am Abend genügen. Sie gehören nur dir.',
      );
      const cards = (/** @type {Item[]} */ some) => some.map((entry) => entryCard(entry, library));
      const groups = [...Map.groupBy(entries, dayOf)].map(([day, some]) => dayGroup(day, cards(some)));
      replaceChanged(days, groups.length > 0 ? groups : [el('div', { class: 'card' }, empty)], { animate: drawn });
      const moods = moodCounts(entries).map(({ mood: word, count }) => ({ face: word, words: word, count }));
      replaceChanged(aside, moods.length > 0 ? [tallyCard('Deine Stimmungen', moods)] : []);
      drawn = settled;
    },
  };
}

/**
 * @param {Item} entry
 * @param {Library} library
 */
function entryCard(entry, library) {
  const tags = Array.isArray(entry.tags) ? entry.tags.map(plain).filter(Boolean) : [];
  return el(
    'article',
    { class: 'entry card', 'data-key': entry.id, 'data-testid': JOURNAL_ENTRY },
    isMood(entry.mood) ? mood(entry.mood) : null,
    entry.title ? el('h3', { class: 'entry-title' }, text(entry.title)) : null,
    el(
      'div',
      { class: 'prose' },
      ...prose(entry.content),
    ),
    el(
      'footer',
      { class: 'entry-foot' },
      ...tags.map(tagChip),
      spaceChip(library.sharedSpaceName(entry.spaceId)),
      typeof entry.createdAt === 'string' && liveTime('ago', entry.createdAt, 'quiet'),
    ),
  );
}

/** @param {string} word */
function mood(word) {
  return el('p', { class: 'mood', 'data-mood': word }, face(word), el('span', { class: 'hidden' }, 'Stimmung: '), word);
}

/** @param {Item[]} entries */
function lineWords(entries) {
  const days = new Set(entries.map(dayOf)).size;
  return `${counted(entries.length, 'Eintrag', 'Einträge')} an ${counted(days, 'Tag', 'Tagen')}`;
}
