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
  const named = typeof change.data?.spaceId === 'string' ? change.data.spaceId : null;
  return { id: change.id, spaceId: change.spaceId ?? named ?? record?.spaceId ?? null, fields };
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
  const known = names.map((name) => Date.parse(record?.fields.get(name)?.at ?? EPOCH) || 0);
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
  const at = String(data.updatedAt ?? data.createdAt ?? EPOCH);
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
 * Compares RFC 3339 times to the last digit; `Date` alone would stop at milliseconds.
 *
 * @param {string} a
 * @param {string} b
 */
function compareTimes(a, b) {
  const difference = (Date.parse(a) || 0) - (Date.parse(b) || 0);
  if (difference !== 0) return difference;
  const [left, right] = [fraction(a), fraction(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** @param {string} time */
function fraction(time) {
  return (/\.(\d+)/.exec(time)?.[1] ?? '').padEnd(9, '0');
}
