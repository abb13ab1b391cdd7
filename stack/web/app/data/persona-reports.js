/**
 * What administrators are told of the personas. Auth gives it to nobody else.
 *
 * @import { Config } from '../config.js'
 * @import { Session } from './session.js'
 *
 * @typedef {object} Persona
 * @property {string} userId
 * @property {string} name
 * @property {string} archetype
 * @property {string} tickCadence
 * @property {string | null} lastActiveAt
 * @property {number} actions7d
 * @property {number} errors7d
 * @property {boolean} due
 *
 * @typedef {{week: string, module: string, avgRating: number, count: number}} WeekRating
 * @typedef {{module: string, rating: number, notes?: string, createdAt: string}} Note
 *
 * @typedef {object} Report
 * @property {Persona} persona
 * @property {WeekRating[]} feedbackByWeek
 * @property {Note[]} recentFeedback
 */

const PATH = '/api/v1/admin/personas';
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

export class PersonaReports {
  #session;
  #url;

  /**
   * @param {Config} config
   * @param {Session} session
   */
  constructor({ authUrl }, session) {
    this.#session = session;
    this.#url = authUrl + PATH;
  }

  /** @returns {Promise<Persona[]>} By e-mail. */
  async list() {
    const response = await this.#session.request(this.#url);
    return (await response.json()).personas;
  }

  /**
   * @param {string} userId
   * @returns {Promise<Report>}
   */
  async report(userId) {
    return (await this.#session.request(`${this.#url}/${encodeURIComponent(userId)}`)).json();
  }
}

/**
 * The ratings of each module over the weeks, and where they are going: the last week that has any against the one
 * before it.
 *
 * @param {WeekRating[]} ratings
 * @param {number} weeks How many to show, the last one that has any rating included.
 */
export function trends(ratings, weeks) {
  const last = Math.max(...ratings.map(({ week }) => Date.parse(week)));
  const shown = Array.from({ length: weeks }, (_, n) => new Date(last - (weeks - 1 - n) * WEEK_MS).toISOString());
  return [...Map.groupBy(ratings, ({ module }) => module)].map(([module, some]) => {
    const averages = shown.map((day) => some.find(({ week }) => week === day.slice(0, 10))?.avgRating ?? null);
    const known = averages.filter((average) => average !== null);
    const latest = known.at(-1) ?? null;
    const before = known.at(-2) ?? null;
    return { module, averages, latest, change: latest !== null && before !== null ? latest - before : null };
  });
}
