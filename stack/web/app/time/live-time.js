/**
 * Text that names the present moment and therefore changes by itself. Every such element carries the test id by which
 * pictures mask it, and is as wide as its longest text, so that masking or ticking never moves a neighbour.
 */

import { el } from '../dom.js';
import { LIVE_TIME } from '../test-ids.js';
import { agoWords, clockWords, dueWords, longDayWords } from './german.js';

/** How each kind of element is worded, given its `datetime` and the present. */
const WORDS = {
  clock: (/** @type {string} */ _, /** @type {Date} */ now) => clockWords(now),
  today: (/** @type {string} */ _, /** @type {Date} */ now) => longDayWords(now),
  ago: (/** @type {string} */ time, /** @type {Date} */ now) => agoWords(new Date(time), now),
  due: (/** @type {string} */ time, /** @type {Date} */ now) => dueWords(time, now).words,
};

/**
 * @param {keyof typeof WORDS} kind
 * @param {string | null} [time] RFC 3339; the clock and today's date need none.
 * @param {string} [className]
 */
export function liveTime(kind, time = null, className = '') {
  const attributes = { class: `live live-${kind} ${className}`.trim(), 'data-live': kind, datetime: time };
  return el('time', { ...attributes, 'data-testid': LIVE_TIME }, WORDS[kind](time ?? '', new Date()));
}

/**
 * Keeps every live time current.
 *
 * @param {() => void} minute Called when a minute has passed, for what else hangs on the time of day.
 */
export function startClock(minute) {
  let shown = clockWords(new Date());
  setInterval(() => {
    const now = new Date();
    const current = clockWords(now);
    if (current === shown) return;
    shown = current;
    for (const element of document.querySelectorAll('[data-live]')) word(element, now);
    minute();
  }, 1000);
}

/**
 * @param {Element} element
 * @param {Date} now
 */
function word(element, now) {
  const kind = /** @type {keyof typeof WORDS} */ (element.getAttribute('data-live'));
  const words = WORDS[kind](element.getAttribute('datetime') ?? '', now);
  if (element.textContent !== words) element.textContent = words;
}
