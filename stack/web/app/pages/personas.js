/**
 * The personas, for administrators: who is due, how their days went and what they think of each module.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Report } from '../data/persona-reports.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { pageOf } from '../config.js';
import { el, replaceChanged } from '../dom.js';
import { counted, emptyState, pageHeading, skeleton } from '../ui/parts.js';
import { personaCard } from '../ui/persona.js';

export const modules = [];

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @returns {View}
 */
export function open(library, pages) {
  const line = el('p', { class: 'page-line' });
  const grid = el('div', { class: 'personas' });
  /** @type {Report[] | null} `null` until they have come. */
  let reports = null;
  let failed = false;
  return {
    nodes: [pageHeading(pageOf(pages, 'personas').title, line), grid],
    fetched: () => reports !== null || failed,
    fetch(redraw) {
      const source = library.personas;
      const all = source ? source.list().then((some) => Promise.all(some.map(({ userId }) => source.report(userId)))) : null;
      Promise.resolve(all ?? [])
        .then((found) => (reports = found))
        .catch((error) => {
          console.error(error);
          failed = true;
        })
        .finally(redraw);
    },
    draw() {
      const card = (/** @type {Node} */ content) => [el('div', { class: 'card', 'data-key': 'nothing' }, content)];
      if (failed) {
        return replaceChanged(grid, card(emptyState('offline', 'Nicht erreichbar', 'Lade die Seite später noch einmal.')));
      }
      if (reports === null) return replaceChanged(grid, card(skeleton(8)));
      line.textContent = lineWords(reports);
      const empty = card(emptyState('personas', 'Noch keine Personas', 'Sie entstehen mit „stack personas seed“.'));
      const cards = reports.map((report) => personaCard(report, pages));
      replaceChanged(grid, cards.length > 0 ? cards : empty);
    },
  };
}

/** @param {Report[]} reports */
function lineWords(reports) {
  const due = reports.filter(({ persona }) => persona.due).length;
  return `${counted(reports.length, 'Persona', 'Personas')} · ${due === 0 ? 'niemand ist dran' : `${due} dran`}`;
}
