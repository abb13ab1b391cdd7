/** Times in German words. Pure: whoever calls says what "now" is. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat('de-DE', { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat('de-DE', { weekday: 'long' });
const dayAndMonth = new Intl.DateTimeFormat('de-DE', { day: 'numeric', month: 'short' });
const dayMonthYear = new Intl.DateTimeFormat('de-DE', { day: 'numeric', month: 'short', year: 'numeric' });
const longDay = new Intl.DateTimeFormat('de-DE', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

/** @param {Date} time "08:05" */
export function clockWords(time) {
  return clock.format(time);
}

/** @param {Date} day "Donnerstag, 24. September 2026" */
export function longDayWords(day) {
  return longDay.format(day);
}

/** @param {Date} day The day here, as records write it: "2026-09-24" */
export function isoDay(day) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** @param {Date} now "morning", "day", "evening" or "night" */
export function partOfDay(now) {
  const hour = now.getHours();
  if (hour >= 5 && hour < 11) return 'morning';
  if (hour >= 11 && hour < 17) return 'day';
  if (hour >= 17 && hour < 21) return 'evening';
  return 'night';
}

/** @param {Date} now */
export function greetingWords(now) {
  const words = { morning: 'Guten Morgen', day: 'Guten Tag', evening: 'Guten Abend', night: 'Guten Abend' };
  return words[partOfDay(now)];
}

/**
 * How long ago: "gerade eben", "vor 5 Minuten", "gestern", "vor 3 Tagen", then the date.
 *
 * @param {Date} time
 * @param {Date} now
 */
export function agoWords(time, now) {
  const passed = now.getTime() - time.getTime();
  // A clock that runs ahead elsewhere is no reason to speak of the future.
  if (passed < MINUTE) return 'gerade eben';
  if (passed < HOUR) return counted(Math.floor(passed / MINUTE), 'Minute', 'Minuten');
  const days = calendarDays(time, now);
  if (days === 0 || passed < 6 * HOUR) return counted(Math.floor(passed / HOUR), 'Stunde', 'Stunden');
  if (days === 1) return 'gestern';
  if (days < 7) return `vor ${days} Tagen`;
  return `am ${shortDay(time, now)}`;
}

/**
 * When something is due, and whether that is over, close or far.
 *
 * @param {string} due RFC 3339; midnight, in UTC or here, means the day and not the minute.
 * @param {Date} now
 * @returns {{words: string, tone: 'over' | 'today' | 'later', day: number}} `day` counts from today.
 */
export function dueWords(due, now) {
  const dayOnly = /T00:00(:00(\.0+)?)?(Z|[+-]00:00)$/.test(due) || !due.includes('T');
  const time = dayOnly ? localDay(due.slice(0, 10)) : new Date(due);
  const wholeDay = time.getHours() === 0 && time.getMinutes() === 0;
  const day = -calendarDays(time, now);
  const over = day < 0 || (day === 0 && !wholeDay && time < now);
  const words = over && day < 0 ? sinceWords(time, now, -day) : dayWords(time, now, day);
  const hour = !wholeDay && day >= 0 && day < 2 ? `, ${clockWords(time)}` : '';
  return { words: words + hour, tone: over ? 'over' : day === 0 ? 'today' : 'later', day };
}

/**
 * Midnight, here, of a calendar day.
 *
 * @param {string} day YYYY-MM-DD
 */
export function localDay(day) {
  const [year, month, date] = day.split('-').map(Number);
  return new Date(year, month - 1, date);
}

/**
 * @param {Date} time
 * @param {Date} now
 */
function shortDay(time, now) {
  return (time.getFullYear() === now.getFullYear() ? dayAndMonth : dayMonthYear).format(time);
}

/**
 * @param {Date} time
 * @param {Date} now
 * @param {number} day
 */
function dayWords(time, now, day) {
  if (day === 0) return 'Heute';
  if (day === 1) return 'Morgen';
  return day < 7 ? weekday.format(time) : shortDay(time, now);
}

/**
 * @param {Date} time
 * @param {Date} now
 * @param {number} days
 */
function sinceWords(time, now, days) {
  if (days === 1) return 'Seit gestern';
  return days < 7 ? `Seit ${days} Tagen` : `Seit ${shortDay(time, now)}`;
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
function counted(count, one, many) {
  return `vor ${count} ${count === 1 ? one : many}`;
}

/** How many midnights lie between; rounded, because a day of summer time has 23 or 25 hours. */
function calendarDays(/** @type {Date} */ from, /** @type {Date} */ to) {
  const start = new Date(from.getFullYear(), from.getMonth(), from.getDate());
  const end = new Date(to.getFullYear(), to.getMonth(), to.getDate());
  return Math.round((end.getTime() - start.getTime()) / DAY);
}
