/**
 * Appointments in their order, and the days they are on. Pure: whoever calls says what "now" is.
 *
 * @import { Item } from './collection.js'
 */

/** @param {Item} event When it begins; `null` where that is no time at all. */
export function startOf({ startsAt }) {
  return timeOf(startsAt);
}

/** @param {Item} event When it ends; at its beginning, where no end is known. */
export function endOf(event) {
  return timeOf(event.endsAt) ?? startOf(event);
}

/**
 * Those that are not over, the next first.
 *
 * @param {Item[]} events
 * @param {Date} now
 */
export function upcomingEvents(events, now) {
  return scheduled(events).filter((event) => Number(endOf(event)) > now.getTime());
}

/**
 * Those that are over, the latest first.
 *
 * @param {Item[]} events
 * @param {Date} now
 */
export function pastEvents(events, now) {
  return scheduled(events)
    .filter((event) => Number(endOf(event)) <= now.getTime())
    .reverse();
}

/**
 * Those on one day, whether they are over or not.
 *
 * @param {Item[]} events
 * @param {string} day YYYY-MM-DD
 */
export function eventsOn(events, day) {
  return scheduled(events).filter((event) => startDay(event) === day);
}

/**
 * The day, here, on which it begins: YYYY-MM-DD.
 *
 * @param {Item} event
 */
export function startDay(event) {
  const start = startOf(event);
  return start ? dayName(start) : '';
}

/**
 * The seven days from Monday on, of the week that holds `now`.
 *
 * @param {Date} now
 */
export function weekOf(now) {
  const monday = now.getDate() - ((now.getDay() + 6) % 7);
  return Array.from({ length: 7 }, (_, n) => new Date(now.getFullYear(), now.getMonth(), monday + n));
}

/** @param {Date} time The day, here: YYYY-MM-DD. */
export function dayName(time) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** @param {Item[]} events Those that take place and have a time, in their order. */
function scheduled(events) {
  return events
    .filter((event) => event.isArchived !== true && startOf(event) !== null)
    .sort((a, b) => Number(startOf(a)) - Number(startOf(b)) || (a.id < b.id ? -1 : 1));
}

/**
 * @param {unknown} text
 * @returns {Date | null}
 */
function timeOf(text) {
  const time = typeof text === 'string' ? new Date(text) : null;
  return time && !Number.isNaN(time.getTime()) ? time : null;
}
