/**
 * Which notes are shown, in which order. Pure.
 *
 * @import { Item } from './collection.js'
 */

/** @param {Item[]} notes Without the archived ones; pinned first, then the latest. */
export function shownNotes(notes) {
  const rank = (/** @type {Item} */ note) => (note.isPinned === true ? 0 : 1);
  return notes.filter((note) => note.isArchived !== true).sort((a, b) => rank(a) - rank(b) || latest(a, b));
}

/**
 * The notes that hold each of these words, in title or content; all of them where there are no words.
 *
 * @param {Item[]} notes
 * @param {string} words
 */
export function foundNotes(notes, words) {
  const wanted = words.toLocaleLowerCase('de').split(/\s+/).filter(Boolean);
  return notes.filter((note) => {
    const text = [note.title, note.content].filter((part) => typeof part === 'string').join('\n').toLocaleLowerCase('de');
    return wanted.every((word) => text.includes(word));
  });
}

/** @param {Item[]} notes The latest, pinned or not. */
export function latestNotes(notes) {
  return notes.filter((note) => note.isArchived !== true).sort(latest);
}

/**
 * @param {Item} a
 * @param {Item} b
 */
function latest(a, b) {
  const [left, right] = [String(a.updatedAt ?? a.createdAt ?? ''), String(b.updatedAt ?? b.createdAt ?? '')];
  if (left !== right) return left < right ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}
