/** A short message at the foot of the window, also spoken by screen readers. */

import { el } from '../dom.js';

const SHOWN_MS = 5000;
const place = el('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });

export function toastPlace() {
  return place;
}

/** @param {string} message */
export function toast(message) {
  const element = el('p', { class: 'toast' }, message);
  place.replaceChildren(element);
  setTimeout(() => element.remove(), SHOWN_MS);
}
