/** A sheet that slides over the foot of a narrow window, for what the bar below has no room for. */

import { el } from '../dom.js';

/**
 * @param {string} label
 * @param {Node} content
 * @returns {{element: HTMLDialogElement, open: () => void}}
 */
export function sheet(label, content) {
  const element = /** @type {HTMLDialogElement} */ (el('dialog', { class: 'sheet', 'aria-label': label }, content));
  element.addEventListener('click', (event) => {
    // Outside the content is the backdrop; a link inside leads somewhere else.
    const target = event.target instanceof Element ? event.target : null;
    if (target === element || target?.closest('a')) element.close();
  });
  // The place for what the bar holds is gone in a window that was made wide.
  matchMedia('(width >= 900px)').addEventListener('change', ({ matches }) => matches && element.close());
  return { element, open: () => element.showModal() };
}
