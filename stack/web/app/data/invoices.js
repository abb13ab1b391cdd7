/**
 * Invoices, their sums and how far they are. Pure: whoever calls says which day it is.
 *
 * @import { Item } from './collection.js'
 */

/** What wants attention comes first. */
export const STATES = [
  { state: 'overdue', title: 'Überfällig' },
  { state: 'sent', title: 'Offen' },
  { state: 'draft', title: 'Entwürfe' },
  { state: 'paid', title: 'Bezahlt' },
];

/**
 * In groups by state, the newest first in each.
 *
 * @param {Item[]} invoices
 * @param {string} today YYYY-MM-DD
 */
export function invoiceGroups(invoices, today) {
  const shown = invoices.filter((invoice) => invoice.isArchived !== true).sort(newestFirst);
  return STATES.map(({ state, title }) => {
    const some = shown.filter((invoice) => stateOf(invoice, today) === state);
    return { state, title, invoices: some, cents: some.reduce((sum, invoice) => sum + sumsOf(invoice).gross, 0) };
  }).filter((group) => group.invoices.length > 0);
}

/**
 * A sent invoice is overdue when its day to be paid on has passed.
 *
 * @param {Item} invoice
 * @param {string} today YYYY-MM-DD
 */
export function stateOf({ status, dueDate }, today) {
  if (status === 'sent' && typeof dueDate === 'string' && dueDate < today) return 'overdue';
  return status === 'sent' || status === 'paid' ? status : 'draft';
}

/**
 * In cents. Each line is rounded, the tax once: as the tools reckon.
 *
 * @param {Item} invoice
 */
export function sumsOf(invoice) {
  const net = linesOf(invoice).reduce((sum, line) => sum + line.cents, 0);
  const tax = rounded((net * (Number(invoice.taxPercent) || 0)) / 100);
  return { net, tax, gross: net + tax };
}

/** @param {Item} invoice */
export function linesOf({ lines }) {
  if (!Array.isArray(lines)) return [];
  return lines.map((line) => {
    const [quantity, unitPriceCents] = [Number(line?.quantity) || 0, Number(line?.unitPriceCents) || 0];
    const description = typeof line?.description === 'string' ? line.description : '';
    return { description, quantity, unitPriceCents, cents: rounded(quantity * unitPriceCents) };
  });
}

/** Half a cent away from zero. */
function rounded(/** @type {number} */ cents) {
  return Math.sign(cents) * Math.round(Math.abs(cents));
}

/**
 * @param {Item} a
 * @param {Item} b
 */
function newestFirst(a, b) {
  const keys = (/** @type {Item} */ { issueDate, number, id }) => [String(issueDate ?? ''), typeof number === 'string' ? number : '', id];
  const [left, right] = [keys(a), keys(b)];
  const at = left.findIndex((key, index) => key !== right[index]);
  return at < 0 ? 0 : left[at] < right[at] ? 1 : -1;
}
