/**
 * Last write wins, field by field: how changes become a record. Pure; the order in which changes arrive does not matter
 * and a change that arrives twice does nothing the second time. The sync server decides by the same rules.
 *
 * @typedef {object} Change
 * @property {string} table
 * @property {string} id
 * @property {'insert' | 'update' | 'delete'} op
 * @property {string} [spaceId]
 * @property {Record<string, unknown>} [data]
 * @property {Record<string, {value: unknown, at?: string, updatedAt?: string}>} [fields]
 * @property {string} [deletedAt]
 *
 * @typedef {{value: unknown, at: string}} Field
 *
 * @typedef {object} Folded A record with the time of each field, still encrypted.
 * @property {string} id
 * @property {string | null} spaceId
 * @property {Map<string, Field>} fields
 */

const EPOCH = '1970-01-01T00:00:00.000Z';
const DELETED_AT = 'deletedAt';

/**
 * A record's name: its id within its space. Clients choose the ids of records, so an id alone names nothing.
 *
 * @param {{id: string, spaceId?: string | null, data?: Record<string, unknown>}} record A record, or a change of it.
 */
export function nameOf({ id, spaceId, data }) {
  return `${spaceId || textOf(data?.spaceId) || ''}/${id}`;
}

/**
 * @param {Folded | undefined} record What is known so far; not changed.
 * @param {Change} change
 * @returns {Folded}
 */
export function fold(record, change) {
  const fields = new Map(record?.fields);
  for (const [name, field] of fieldsOf(change)) {
    const known = fields.get(name);
    if (!known || wins(name, field, known)) fields.set(name, field);
  }
  const spaceId = change.spaceId || textOf(change.data?.spaceId) || record?.spaceId || null;
  return { id: change.id, spaceId, fields };
}

/**
 * A deletion is a field like any other: a later `null` takes it back.
 *
 * @param {Folded} record
 */
export function isDeleted(record) {
  return Boolean(record.fields.get(DELETED_AT)?.value);
}

/**
 * The time to write on a change made at `now`: later than what it replaces, even where another device's clock is ahead.
 *
 * @param {Folded | undefined} record
 * @param {string[]} names The fields to be written.
 * @param {Date} now
 */
export function timeOfWrite(record, names, now) {
  const known = names.map((name) => instant(record?.fields.get(name)?.at ?? EPOCH).ms);
  return new Date(Math.max(now.getTime(), ...known.map((time) => time + 1))).toISOString();
}

/**
 * Every change is a set of fields with their times.
 *
 * @param {Change} change
 * @returns {[string, Field][]}
 */
function fieldsOf({ op, data = {}, fields = {}, deletedAt = EPOCH }) {
  if (op === 'delete') return [[DELETED_AT, { value: deletedAt, at: deletedAt }]];
  if (op === 'update') {
    return Object.entries(fields).map(([name, { value, at, updatedAt }]) => [
      name,
      { value, at: at ?? updatedAt ?? EPOCH },
    ]);
  }
  const at = textOf(data.updatedAt) ?? textOf(data.createdAt) ?? EPOCH;
  return Object.entries(data).map(([name, value]) => [name, { value, at }]);
}

/**
 * The later one; of two at the same instant the deletion, then the greater text.
 *
 * @param {string} name
 * @param {Field} field
 * @param {Field} known
 */
function wins(name, field, known) {
  const order = compareTimes(field.at, known.at);
  if (order !== 0) return order > 0;
  if (name === DELETED_AT && Boolean(field.value) !== Boolean(known.value)) return Boolean(field.value);
  return JSON.stringify(field.value ?? null) > JSON.stringify(known.value ?? null);
}

/**
 * Compares RFC 3339 times to the nanosecond; `Date` alone would stop at milliseconds. What is no such time counts as the
 * beginning of time.
 *
 * @param {string} a
 * @param {string} b
 */
function compareTimes(a, b) {
  const [left, right] = [instant(a), instant(b)];
  if (left.ms !== right.ms) return left.ms - right.ms;
  return left.fraction < right.fraction ? -1 : left.fraction > right.fraction ? 1 : 0;
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.(\d+))?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** @param {string} time */
function instant(time) {
  const parts = RFC_3339.exec(time);
  const ms = parts ? Date.parse(time.replace(/[t ]/, 'T').replace('z', 'Z')) : NaN;
  if (Number.isNaN(ms)) return { ms: 0, fraction: ''.padEnd(9, '0') };
  return { ms, fraction: (parts?.[1] ?? '').slice(0, 9).padEnd(9, '0') };
}

/** @param {unknown} value */
function textOf(value) {
  return typeof value === 'string' ? value : null;
}
