/**
 * What stands in each card of the dashboard.
 *
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 * @import { CardContent } from './home.js'
 */

import { habitIcon } from '../art/icons.js';
import { face, isMood } from '../art/moods.js';
import { UNREADABLE } from '../data/collection.js';
import { activeHabits, goalWords } from '../data/habits.js';
import { dayOf, latestEntries } from '../data/journal.js';
import { latestNotes } from '../data/notes.js';
import { nextTasks } from '../data/tasks.js';
import { el } from '../dom.js';
import { HABIT, JOURNAL_ENTRY, NOTE } from '../test-ids.js';
import { plainText } from '../text/markdown.js';
import { localDay } from '../time/german.js';
import { liveTime } from '../time/live-time.js';
import { emptyState, plain, tagChip, text, tint } from '../ui/parts.js';
import { taskRow } from '../ui/task.js';

const TASKS = 5;
const NOTES = 3;
const HABITS = 6;
const TAGS = 4;
const NOTE_CHARACTERS = 200;
const ENTRY_CHARACTERS = 420;

const longDay = new Intl.DateTimeFormat('de-DE', { weekday: 'long', day: 'numeric', month: 'long' });

/**
 * @param {Library} library
 * @returns {CardContent}
 */
export function tasksCard(library) {
  const all = library.items('todo');
  const tasks = nextTasks(all);
  const rows = tasks.slice(0, TASKS).map((task) => taskRow(task, library));
  const empty =
    all.length > 0
      ? emptyState('check', 'Alles erledigt', 'Für heute ist nichts mehr offen.')
      : emptyState('todo', 'Alles frei', 'Hier erscheint, was als Nächstes ansteht.');
  return {
    count: tasks.length > 0 ? `${tasks.length} offen` : undefined,
    body: rows.length > 0 ? el('ul', { class: 'tasks compact' }, ...rows) : empty,
  };
}

/**
 * @param {Library} library
 * @returns {CardContent}
 */
export function notesCard(library) {
  const notes = latestNotes(library.items('notes')).slice(0, NOTES);
  const empty = emptyState('notes', 'Noch keine Notizen', 'Was du festhältst, liegt hier obenauf.');
  const body = notes.length > 0 ? el('ul', { class: 'note-list' }, ...notes.map(noteRow)) : empty;
  return { body };
}

/** @param {Item} note */
function noteRow(note) {
  const preview =
    note.content === UNREADABLE ? text(note.content) : plainText(plain(note.content), ' · ', NOTE_CHARACTERS);
  const row = el(
    'li',
    { class: 'note-row', 'data-testid': NOTE },
    el('p', { class: 'note-row-title' }, text(note.title)),
    preview ? el('p', { class: 'note-row-text' }, preview) : null,
    typeof note.updatedAt === 'string' && liveTime('ago', note.updatedAt, 'quiet'),
  );
  return tint(row, note.color);
}

/**
 * @param {Library} library
 * @returns {CardContent}
 */
export function journalCard(library) {
  const entry = latestEntries(library.items('journal'))[0];
  const empty = emptyState('journal', 'Die erste Seite ist noch leer', 'Ein paar Zeilen am Abend genügen.');
  return { body: entry ? latestEntry(entry) : empty };
}

/** @param {Item} entry */
function latestEntry(entry) {
  const content =
    entry.content === UNREADABLE ? text(entry.content) : plainText(plain(entry.content), '\n', ENTRY_CHARACTERS);
  const tags = Array.isArray(entry.tags) ? entry.tags.map(plain).filter(Boolean).slice(0, TAGS) : [];
  const day = dayOf(entry);
  return el(
    'article',
    { class: 'latest-entry', 'data-testid': JOURNAL_ENTRY },
    el(
      'p',
      { class: 'latest-entry-head' },
      isMood(entry.mood) ? face(entry.mood) : null,
      el(
        'span',
        {},
        el('span', { class: 'latest-entry-day' }, day === '' ? 'Ohne Datum' : longDay.format(localDay(day))),
        isMood(entry.mood) ? el('span', { class: 'latest-entry-mood', 'data-mood': entry.mood }, entry.mood) : null,
      ),
    ),
    entry.title ? el('h3', {}, text(entry.title)) : null,
    el('p', { class: 'latest-entry-text' }, content),
    tags.length > 0 && el('p', { class: 'chips' }, ...tags.map(tagChip)),
  );
}

/**
 * @param {Library} library
 * @returns {CardContent}
 */
export function habitsCard(library) {
  const habits = activeHabits(library.items('habits'));
  const empty = emptyState('habits', 'Noch keine Gewohnheiten', 'Was dir guttut, wächst mit der Wiederholung.');
  const body = habits.length > 0 ? el('ul', { class: 'habit-list' }, ...habits.slice(0, HABITS).map(habitRow)) : empty;
  return { body };
}

/** @param {Item} habit */
function habitRow(habit) {
  const goal = goalWords(habit);
  const row = el(
    'li',
    { class: 'habit-row', 'data-testid': HABIT },
    el('span', { class: 'habit-icon' }, habitIcon(plain(habit.icon))),
    el('span', { class: 'habit-row-words' }, el('strong', {}, text(habit.title)), goal && el('span', {}, goal)),
  );
  return tint(row, habit.color);
}
