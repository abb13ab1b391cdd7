/**
 * Articles: what was begun, what is waiting, what is done.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { pageOf } from '../config.js';
import { articleGroups } from '../data/articles.js';
import { el, replaceChanged } from '../dom.js';
import { articleCard } from '../ui/article.js';
import { emptyState, pageHeading, skeleton } from '../ui/parts.js';

export const modules = ['articles'];

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @returns {View}
 */
export function open(library, pages) {
  const line = el('p', { class: 'page-line' });
  const groups = el('div', { class: 'article-groups' });
  let drawn = false;
  return {
    nodes: [pageHeading(pageOf(pages, 'articles').title, line), groups],
    draw(settled) {
      const found = articleGroups(library.items('articles'));
      if (found.length === 0 && !settled) return replaceChanged(groups, [el('div', { class: 'card' }, skeleton(6))]);
      line.textContent = lineWords(found);
      const empty = emptyState('articles', 'Nichts vorgemerkt', 'Was du später lesen willst, wartet hier auf dich.');
      const sections = found.map((group) => section(group, library));
      const card = el('div', { class: 'card', 'data-key': 'nothing' }, empty);
      replaceChanged(groups, sections.length > 0 ? sections : [card], { animate: drawn });
      drawn = settled;
    },
  };
}

/**
 * @param {ReturnType<typeof articleGroups>[number]} group
 * @param {Library} library
 */
function section({ status, title, articles }, library) {
  return el(
    'section',
    { 'data-key': status },
    el('h2', { class: 'list-heading' }, `${title} · ${articles.length}`),
    el('div', { class: 'articles' }, ...articles.map((article) => articleCard(article, library))),
  );
}

/** @param {ReturnType<typeof articleGroups>} groups */
function lineWords(groups) {
  const open = groups.filter(({ status }) => status !== 'finished').flatMap(({ articles }) => articles);
  if (groups.length === 0) return 'Noch nichts vorgemerkt';
  if (open.length === 0) return 'Alles gelesen';
  const minutes = open.reduce((sum, article) => sum + (Number(article.minutes) || 0), 0);
  return `${open.length} zu lesen` + (minutes > 0 ? ` · ungefähr ${lengthWords(minutes)}` : '');
}

/** @param {number} minutes "50 Minuten", "1 Std. 25 Min." */
function lengthWords(minutes) {
  if (minutes < 60) return `${minutes} Minuten`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} Std.` + (rest > 0 ? ` ${rest} Min.` : '');
}
