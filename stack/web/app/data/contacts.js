/**
 * People in their order, and how they are drawn. Pure.
 *
 * @import { Item } from './collection.js'
 */

const order = new Intl.Collator('de');
/** What stands before a name and belongs to nobody in particular. */
const TITLES = /^(dr|prof|dipl|ing|mag|med|phil)\.?$/i;
const TINTS = ['#1f6b58', '#a3421c', '#3d5cb4', '#a5385f', '#8a5606', '#6d4aa8'];

/** @param {Item[]} contacts Without the archived ones, by name. */
export function shownContacts(contacts) {
  return contacts
    .filter((contact) => contact.isArchived !== true)
    .sort((a, b) => order.compare(words(a.name), words(b.name)) || (a.id < b.id ? -1 : 1));
}

/** @param {Item[]} contacts Those kept above the others first. */
export function favoritesFirst(contacts) {
  const rank = (/** @type {Item} */ contact) => (contact.isFavorite === true ? 0 : 1);
  return shownContacts(contacts).sort((a, b) => rank(a) - rank(b));
}

/**
 * Whether any text of a contact holds the query, whatever its case.
 *
 * @param {Item} contact
 * @param {string} query
 */
export function holds({ name, company, role, email, phone, note }, query) {
  const wanted = query.trim().toLocaleLowerCase('de');
  return [name, company, role, email, phone, note].some((text) => words(text).toLocaleLowerCase('de').includes(wanted));
}

/**
 * "MW" for "Dr. Martin Weber"; empty where the name cannot be read.
 *
 * @param {Item} contact
 */
export function initials({ name }) {
  const parts = words(name)
    .split(/[\s-]+/)
    .filter((part) => part !== '' && !TITLES.test(part));
  const chosen = parts.length > 1 ? [parts[0], parts[parts.length - 1]] : parts;
  return chosen.map((part) => [...part][0].toLocaleUpperCase('de')).join('');
}

/**
 * A colour of its own for each name, the same everywhere.
 *
 * @param {Item} contact
 */
export function tintOf({ name }) {
  const sum = [...words(name)].reduce((total, letter) => total + Number(letter.codePointAt(0)), 0);
  return TINTS[sum % TINTS.length];
}

/** @param {unknown} text Empty where there is none or it cannot be read. */
function words(text) {
  return typeof text === 'string' ? text : '';
}
