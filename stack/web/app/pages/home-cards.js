/**
 * What stands in each card of the dashboard.
 *
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 * @import { CardContent } from './home.js'
 */

import { habitIcon } from '../art/icons.js';
import { face, isMood } from '../art/moods.js';
import { nextArticles } from '../data/articles.js';
import { dayName, upcomingEvents } from '../data/calendar.js';
import { UNREADABLE } from '../data/collection.js';
import { favoritesFirst } from '../data/contacts.js';
import { shownGoals } from '../data/goals.js';
import { activeHabits, goalWords } from '../data/habits.js';
import { invoiceGroups } from '../data/invoices.js';
import { dayOf, latestEntries } from '../data/journal.js';
import { latestMoods } from '../data/mood.js';
import { latestNotes } from '../data/notes.js';
import { nextTasks } from '../data/tasks.js';
import { el } from '../dom.js';
import { HABIT, JOURNAL_ENTRY, NOTE } from '../test-ids.js';
import { plainText } from '../text/markdown.js';
import { localDay } from '../time/german.js';
import { liveTime } from '../time/live-time.js';
import { articleRow } from '../ui/article.js';
import { contactRow } from '../ui/contact.js';
import { eventRow } from '../ui/event.js';
import { goalRow } from '../ui/goal.js';
import { invoiceRow, money } from '../ui/invoice.js';
import { moodRow } from '../ui/mood.js';
import { emptyState, plain, tagChip, text, tint } from '../ui/parts.js';
import { taskRow } from '../ui/task.js';

const ARTICLES = 4;
const EVENTS = 4;
const GOALS = 3;
const INVOICES = 4;
const MOODS = 2;
const CONTACTS = 4;
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

/**
 * @param {Library} library
 * @returns {CardContent}
 */
export function eventsCard(library) {
  const events = upcomingEvents(library.items('calendar'), new Date()).slice(0, EVENTS);
  const empty = emptyState('calendar', 'Nichts vereinbart', 'Hier erscheint, was als Nächstes im Kalender steht.');
  return { body: events.length > 0 ? el('ul', { class: 'event-list' }, ...events.map(eventRow)) : empty };
}

/**
 * @param {Library} library
 * @returns {CardContent}
 */
export function contactsCard(library) {
  const contacts = favoritesFirst(library.items('contacts')).slice(0, CONTACTS);
  const empty = emptyState('contacts', 'Noch keine Kontakte', 'Ein Name und ein Satz genügen, um sich zu erinnern.');
  return { body: contacts.length > 0 ? el('ul', { class: 'contact-list' }, ...contacts.map(contactRow)) : empty };
}

/**
 * @param {Library} library
 * @returns {CardContent}
 */
export function articlesCard(library) {
  const articles = nextArticles(library.items('articles')).slice(0, ARTICLES);
  const empty = emptyState('articles', 'Nichts vorgemerkt', 'Was du später lesen willst, wartet hier auf dich.');
  return { body: articles.length > 0 ? el('ul', { class: 'article-list' }, ...articles.map(articleRow)) : empty };
}

/**
 * @param {Library} library
 * @returns {CardContent}
 */
export function invoicesCard(library) {
  const groups = invoiceGroups(library.items('invoices'), dayName(new Date()));
  const owed = groups.filter(({ state }) => state === 'overdue' || state === 'sent');
  const rows = groups.flatMap(({ state, invoices }) => invoices.map((invoice) => invoiceRow(invoice, state)));
  const empty = emptyState('invoices', 'Noch keine Rechnung', 'Geschriebene Rechnungen erscheinen hier.');
  return {
    count: owed.length > 0 ? `${money(owed.reduce((sum, { cents }) => sum + cents, 0))} offen` : undefined,
    body: rows.length > 0 ? el('ul', { class: 'invoice-list' }, ...rows.slice(0, INVOICES)) : empty,
  };
}

/**
 * @param {Library} library
 * @returns {CardContent}
 */
export function moodsCard(library) {
  const moods = latestMoods(library.items('mood')).slice(0, MOODS);
  const empty = emptyState('mood', 'Wie geht es dir?', 'Ein Gesicht am Tag genügt.');
  return { body: moods.length > 0 ? el('ul', { class: 'felt-list' }, ...moods.map(moodRow)) : empty };
}

/**
 * @param {Library} library
 * @returns {CardContent}
 */
export function goalsCard(library) {
  const goals = shownGoals(library.items('goals')).slice(0, GOALS);
  const empty = emptyState('goals', 'Noch kein Ziel', 'Etwas, das sich zählen lässt: So siehst du, wie es näher kommt.');
  return { body: goals.length > 0 ? el('ul', { class: 'goal-list' }, ...goals.map(goalRow)) : empty };
}
