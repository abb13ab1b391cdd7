/**
 * Invoices: what is owed, what is late, what was paid; each unfolds to its lines.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { pageOf } from '../config.js';
import { dayName } from '../data/calendar.js';
import { invoiceGroups } from '../data/invoices.js';
import { el, replaceChanged } from '../dom.js';
import { invoiceDetails, money } from '../ui/invoice.js';
import { counted, emptyState, pageHeading, skeleton } from '../ui/parts.js';

export const modules = ['invoices'];

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @returns {View}
 */
export function open(library, pages) {
  const line = el('p', { class: 'page-line' });
  const sums = el('div', { class: 'sums-place' });
  const groups = el('div', { class: 'invoice-groups' });
  let drawn = false;
  return {
    nodes: [pageHeading(pageOf(pages, 'invoices').title, line), sums, groups],
    draw(settled) {
      const found = invoiceGroups(library.items('invoices'), dayName(new Date()));
      if (found.length === 0 && !settled) return replaceChanged(groups, [el('div', { class: 'card' }, skeleton(6))]);
      line.textContent = lineWords(found);
      replaceChanged(sums, found.length > 0 ? [sumsStrip(found)] : []);
      const empty = emptyState('invoices', 'Noch keine Rechnung', 'Geschriebene Rechnungen erscheinen hier, mit ihrer Summe.');
      const sections = found.map((group) => section(group, library));
      const card = el('div', { class: 'card', 'data-key': 'nothing' }, empty);
      keepOpen(groups, sections);
      replaceChanged(groups, sections.length > 0 ? sections : [card], { animate: drawn });
      drawn = settled;
    },
  };
}

/**
 * What was unfolded stays so when the page is drawn again.
 *
 * @param {HTMLElement} shown
 * @param {HTMLElement[]} sections
 */
function keepOpen(shown, sections) {
  for (const open of shown.querySelectorAll('details[open]')) {
    const key = CSS.escape(String(open.getAttribute('data-key')));
    for (const next of sections) next.querySelector(`details[data-key="${key}"]`)?.setAttribute('open', '');
  }
}

/** @param {ReturnType<typeof invoiceGroups>} groups */
function sumsStrip(groups) {
  const tile = (/** @type {typeof groups[number]} */ { state, title, cents }) =>
    el(
      'div',
      { class: 'sum-tile card', 'data-state': state },
      el('dt', {}, title),
      el('dd', { class: 'invoice-sum' }, money(cents)),
    );
  return el('dl', { class: 'sums' }, ...groups.map(tile));
}

/**
 * @param {ReturnType<typeof invoiceGroups>[number]} group
 * @param {Library} library
 */
function section({ state, title, invoices }, library) {
  return el(
    'section',
    { 'data-key': state },
    el('h2', { class: 'list-heading' }, `${title} · ${invoices.length}`),
    el('div', { class: 'invoices card' }, ...invoices.map((invoice) => invoiceDetails(invoice, state, library))),
  );
}

/** @param {ReturnType<typeof invoiceGroups>} groups */
function lineWords(groups) {
  const late = groups.find(({ state }) => state === 'overdue')?.invoices.length ?? 0;
  if (groups.length === 0) return 'Noch keine';
  if (late > 0) return `${counted(late, 'Rechnung ist', 'Rechnungen sind')} überfällig`;
  return counted(groups.reduce((sum, { invoices }) => sum + invoices.length, 0), 'Rechnung', 'Rechnungen');
}
