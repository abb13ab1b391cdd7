/**
 * One invoice, as a row that unfolds to its lines and as a row of the dashboard.
 *
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 */

import { icon } from '../art/icons.js';
import { UNREADABLE } from '../data/collection.js';
import { linesOf, sumsOf } from '../data/invoices.js';
import { el } from '../dom.js';
import { INVOICE } from '../test-ids.js';
import { localDay } from '../time/german.js';
import { plain, spaceChip, text } from './parts.js';

const euro = new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' });
const quantity = new Intl.NumberFormat('de-DE', { maximumFractionDigits: 2 });
const shortDay = new Intl.DateTimeFormat('de-DE', { day: '2-digit', month: '2-digit', year: 'numeric' });

/** @param {number} cents "2.189,60 €" */
export function money(cents) {
  return euro.format(cents / 100);
}

/**
 * @param {Item} invoice
 * @param {string} state
 * @param {Library} library
 */
export function invoiceDetails(invoice, state, library) {
  const summary = el(
    'summary',
    { class: 'invoice-head' },
    el('span', { class: 'invoice-number' }, text(invoice.number)),
    el(
      'span',
      { class: 'invoice-words' },
      el('strong', {}, text(invoice.client)),
      el('span', {}, text(invoice.subject)),
    ),
    el('span', { class: 'invoice-dates' }, dates(invoice, state)),
    el('span', { class: 'invoice-sum' }, sum(invoice)),
    icon('right'),
  );
  const note = invoice.note ? el('p', { class: 'invoice-note' }, text(invoice.note)) : null;
  const attributes = { class: 'invoice', 'data-key': invoice.id, 'data-state': state, 'data-testid': INVOICE };
  const chip = spaceChip(library.sharedSpaceName(invoice.spaceId));
  return el('details', attributes, summary, el('div', { class: 'invoice-body' }, table(invoice), note, chip));
}

/**
 * @param {Item} invoice
 * @param {string} state
 */
export function invoiceRow(invoice, state) {
  return el(
    'li',
    { class: 'invoice-row', 'data-state': state, 'data-testid': INVOICE },
    el('p', { class: 'invoice-row-client' }, text(invoice.client)),
    el('p', { class: 'invoice-sum' }, sum(invoice)),
    el('p', { class: 'invoice-row-words' }, text(invoice.subject)),
    el('p', { class: 'invoice-dates' }, dates(invoice, state)),
  );
}

/** @param {Item} invoice */
function sum(invoice) {
  return invoice.lines === UNREADABLE ? text(UNREADABLE) : money(sumsOf(invoice).gross);
}

/**
 * @param {Item} invoice
 * @param {string} state
 */
function dates({ issueDate, dueDate }, state) {
  const day = (/** @type {unknown} */ text) =>
    /^\d{4}-\d{2}-\d{2}$/.test(plain(text)) ? shortDay.format(localDay(plain(text))) : '';
  return state === 'sent' || state === 'overdue' ? `fällig ${day(dueDate)}` : `vom ${day(issueDate)}`;
}

/** @param {Item} invoice The lines and how the sum comes about. */
function table(invoice) {
  const { net, tax, gross } = sumsOf(invoice);
  const cells = (/** @type {(Node | string)[]} */ ...content) => content.map((cell) => el('td', {}, cell));
  const row = (/** @type {ReturnType<typeof linesOf>[number]} */ line) =>
    el(
      'tr',
      {},
      ...cells(line.description, quantity.format(line.quantity), money(line.unitPriceCents), money(line.cents)),
    );
  const total = (/** @type {string} */ words, /** @type {number} */ cents) =>
    el('tr', {}, el('th', { colspan: 3, scope: 'row' }, words), el('td', {}, money(cents)));
  const head = ['Leistung', 'Menge', 'Einzeln', 'Summe'].map((words) => el('th', { scope: 'col' }, words));
  return el(
    'table',
    { class: 'invoice-lines' },
    el('thead', {}, el('tr', {}, ...head)),
    el('tbody', {}, ...linesOf(invoice).map(row)),
    el(
      'tfoot',
      {},
      total('Netto', net),
      total(`Umsatzsteuer ${Number(invoice.taxPercent) || 0} %`, tax),
      total('Zu zahlen', gross),
    ),
  );
}
