/**
 * Articles by how far they were read. Pure.
 *
 * @import { Item } from './collection.js'
 */

/** What is open comes before what is done. */
const STATUSES = [
  { status: 'reading', title: 'Angefangen' },
  { status: 'unread', title: 'Ungelesen' },
  { status: 'finished', title: 'Gelesen' },
];

/**
 * In groups, those kept above the others first in each.
 *
 * @param {Item[]} articles
 */
export function articleGroups(articles) {
  const shown = shownArticles(articles);
  return STATUSES.map(({ status, title }) => ({
    status,
    title,
    articles: shown.filter((article) => statusOf(article) === status),
  })).filter((group) => group.articles.length > 0);
}

/** @param {Item[]} articles What is to be read next. */
export function nextArticles(articles) {
  return articleGroups(articles).flatMap((group) => group.articles);
}

/** @param {Item} article One of the three; unread where nothing else is said. */
export function statusOf({ status }) {
  return STATUSES.find((known) => known.status === status)?.status ?? 'unread';
}

/**
 * An address that a link may lead to.
 *
 * @param {Item} article
 * @returns {string | null}
 */
export function addressOf({ url }) {
  return typeof url === 'string' && /^https?:\/\/\S+$/i.test(url) ? url : null;
}

/** @param {Item[]} articles */
function shownArticles(articles) {
  const rank = (/** @type {Item} */ article) => (article.isFavorite === true ? 0 : 1);
  return articles.filter((article) => article.isArchived !== true).sort((a, b) => rank(a) - rank(b) || byTitle(a, b));
}

const order = new Intl.Collator('de');

/**
 * @param {Item} a
 * @param {Item} b
 */
function byTitle(a, b) {
  const words = (/** @type {Item} */ { title }) => (typeof title === 'string' ? title : '');
  return order.compare(words(a), words(b)) || (a.id < b.id ? -1 : 1);
}
