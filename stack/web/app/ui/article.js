/**
 * One article, as a card of its page and as a row of the dashboard.
 *
 * @import { Item } from '../data/collection.js'
 * @import { Library } from '../data/library.js'
 */

import { icon } from '../art/icons.js';
import { addressOf, statusOf } from '../data/articles.js';
import { UNREADABLE } from '../data/collection.js';
import { el } from '../dom.js';
import { ARTICLE } from '../test-ids.js';
import { plain, spaceChip, text } from './parts.js';

/**
 * @param {Item} article
 * @param {Library} library
 */
export function articleCard(article, library) {
  return el(
    'article',
    { class: 'article card', 'data-key': article.id, 'data-status': statusOf(article), 'data-testid': ARTICLE },
    origin(article),
    el('h3', { class: 'article-title' }, title(article)),
    article.summary ? el('p', { class: 'article-summary' }, text(article.summary)) : null,
    article.note ? el('p', { class: 'article-note' }, icon('pen'), el('span', {}, text(article.note))) : null,
    spaceChip(library.sharedSpaceName(article.spaceId)),
  );
}

/** @param {Item} article */
export function articleRow(article) {
  return el(
    'li',
    { class: 'article-row', 'data-status': statusOf(article), 'data-testid': ARTICLE },
    el('p', { class: 'article-row-title' }, text(article.title)),
    origin(article),
  );
}

/** @param {Item} article A link where the article has an address. */
function title(article) {
  const address = addressOf(article);
  if (!address || article.title === UNREADABLE) return text(article.title);
  return el('a', { href: address, target: '_blank', rel: 'noreferrer' }, text(article.title));
}

/** @param {Item} article Where it appeared and how long it takes. */
function origin(article) {
  const minutes = Math.floor(Number(article.minutes) || 0);
  const words = [plain(article.source), minutes > 0 && `${minutes} Min.`].filter(Boolean).join(' · ');
  const favorite = article.isFavorite === true && el('span', { class: 'favorite', title: 'Favorit' }, icon('star'));
  return el('p', { class: 'article-origin' }, words, favorite);
}
