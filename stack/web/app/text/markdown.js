/**
 * The part of Markdown that notes and diaries use, as elements: headings, paragraphs, lists, check lists, quotes, tables,
 * code, rules, bold, italic, struck out. Links and pictures become their text: content written by an agent leads nowhere.
 *
 * Built from nodes, never from markup. Untrusted text of any size is read in linear time.
 */

import { el } from '../dom.js';
import { icon } from '../art/icons.js';

const FENCE = /^\s*(```|~~~)/;
const HEADING = /^(#{1,6})\s(.*)$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const QUOTE = /^\s*> ?/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const ROW = /^\s*\|(.*)\|\s*$/;
const DELIMITER = /^\s*\|(\s*:?-+:?\s*\|)+\s*$/;
const CHECK = /^\[([ xX])\]\s+(.*)$/;
/** Quotes within quotes and lists within lists beyond this are drawn at this depth. */
const DEEPEST = 6;
/** Longer paragraphs are drawn without bold and the like. */
const LONGEST_STYLED = 20_000;

/**
 * @param {string} source
 * @returns {Node[]}
 */
export function markdown(source) {
  return blocks(source.replaceAll('\r\n', '\n').split('\n'), 0);
}

/**
 * The text alone, for previews.
 *
 * @param {string} source
 * @param {string} between What stands between two blocks or items.
 * @param {number} longest
 */
export function plainText(source, between, longest) {
  const texts = markdown(source.slice(0, longest * 3)).map((node) => textOf(node, between));
  return texts.filter(Boolean).join(between).slice(0, longest);
}

/**
 * @param {Node} node
 * @param {string} between
 * @returns {string}
 */
function textOf(node, between) {
  if (!(node instanceof Element)) return node.textContent ?? '';
  if (node.matches('br')) return ' ';
  const texts = (/** @type {Iterable<Node>} */ nodes) => [...nodes].map((child) => textOf(child, between));
  if (node.matches('ul, ol')) return texts(node.children).join(between);
  if (node.matches('.table')) return texts(node.querySelectorAll('th, td')).join(between);
  const lists = [...node.children].filter((child) => child.matches('ul, ol'));
  const words = [...node.childNodes].filter((child) => !lists.includes(/** @type {Element} */ (child)));
  return [texts(words).join('').trim(), ...texts(lists)].filter(Boolean).join(between);
}

/**
 * @param {string[]} lines
 * @param {number} depth
 * @returns {Node[]}
 */
function blocks(lines, depth) {
  const nodes = [];
  for (let at = 0; at < lines.length;) {
    const [node, next] = block(lines, at, depth);
    if (node) nodes.push(node);
    at = next;
  }
  return nodes;
}

/**
 * The block that begins at a line, and the line behind it.
 *
 * @param {string[]} lines
 * @param {number} at
 * @param {number} depth
 * @returns {[Node | null, number]}
 */
function block(lines, at, depth) {
  const line = lines[at];
  if (line.trim() === '') return [null, at + 1];
  if (FENCE.test(line)) return code(lines, at);
  const heading = HEADING.exec(line);
  // One level below the card's own title, whatever level the writer took: a page's outline must not skip any.
  if (heading) return [el('h3', { class: heading[1].length > 2 && 'minor' }, ...spans(heading[2].trim())), at + 1];
  if (RULE.test(line)) return [el('hr'), at + 1];
  if (QUOTE.test(line) && depth < DEEPEST) return quote(lines, at, depth);
  if (ITEM.test(line) && depth < DEEPEST) return list(lines, at, depth);
  if (beginsTable(lines, at)) return table(lines, at);
  return paragraph(lines, at);
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @returns {[Node, number]}
 */
function code(lines, at) {
  const fence = /** @type {RegExpExecArray} */ (FENCE.exec(lines[at]))[1];
  let end = at + 1;
  while (end < lines.length && !lines[end].trimStart().startsWith(fence)) end += 1;
  return [el('pre', { tabindex: 0 }, el('code', {}, lines.slice(at + 1, end).join('\n'))), end + 1];
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @param {number} depth
 * @returns {[Node, number]}
 */
function quote(lines, at, depth) {
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end])) end += 1;
  const inner = lines.slice(at, end).map((line) => line.replace(QUOTE, ''));
  return [el('blockquote', {}, ...blocks(inner, depth + 1)), end];
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @param {number} depth
 * @returns {[Node, number]}
 */
function list(lines, at, depth) {
  const [, indent, bullet] = /** @type {RegExpExecArray} */ (ITEM.exec(lines[at]));
  const ordered = /\d/.test(bullet);
  const items = [];
  let end = at;
  while (end < lines.length) {
    const found = ITEM.exec(lines[end]);
    if (!found || found[1].length !== indent.length || /\d/.test(found[2]) !== ordered) break;
    const start = end + 1;
    end = start;
    while (end < lines.length && belongsToItem(lines, end, indent.length)) end += 1;
    items.push(
      item(
        found[3],
        blocks(
          lines.slice(start, end).map((line) => line.slice(indent.length + 2)),
          depth + 1,
        ),
      ),
    );
  }
  const start = ordered ? Number.parseInt(bullet, 10) : 1;
  const checks = items.every((one) => one.classList.contains('check'));
  return [el(ordered ? 'ol' : 'ul', { class: checks && 'checks', start: start !== 1 && start }, ...items), end];
}

/**
 * Whether a line is indented below an item that is indented by `indent`.
 *
 * @param {string[]} lines
 * @param {number} at
 * @param {number} indent
 */
function belongsToItem(lines, at, indent) {
  if (lines[at].trim() !== '') return lines[at].search(/\S/) >= indent + 2;
  return at + 1 < lines.length && lines[at + 1].trim() !== '' && lines[at + 1].search(/\S/) >= indent + 2;
}

/**
 * @param {string} text
 * @param {Node[]} nested
 */
function item(text, nested) {
  const check = CHECK.exec(text);
  if (!check) return el('li', {}, ...spans(text), ...nested);
  const done = check[1] !== ' ';
  const box = el('span', { class: done ? 'box done' : 'box', role: 'img', 'aria-label': done ? 'erledigt' : 'offen' });
  if (done) box.append(icon('check'));
  return el('li', { class: 'check' }, box, el('span', { class: done && 'struck' }, ...spans(check[2])), ...nested);
}

/**
 * @param {string[]} lines
 * @param {number} at
 */
function beginsTable(lines, at) {
  return ROW.test(lines[at]) && DELIMITER.test(lines[at + 1] ?? '');
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @returns {[Node, number]}
 */
function table(lines, at) {
  let end = at + 2;
  while (end < lines.length && ROW.test(lines[end])) end += 1;
  const row = (/** @type {string} */ line, /** @type {string} */ tag) => {
    const [, within] = /** @type {RegExpExecArray} */ (ROW.exec(line));
    return el('tr', {}, ...within.split('|').map((cell) => el(tag, { scope: tag === 'th' && 'col' }, ...spans(cell.trim()))));
  };
  const body = lines.slice(at + 2, end).map((line) => row(line, 'td'));
  const whole = el('table', {}, el('thead', {}, row(lines[at], 'th')), el('tbody', {}, ...body));
  return [el('div', { class: 'table', tabindex: 0, role: 'region', 'aria-label': 'Tabelle' }, whole), end];
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @returns {[Node, number]}
 */
function paragraph(lines, at) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() !== '' && !beginsBlock(lines, end)) end += 1;
  const content = lines.slice(at, end).flatMap((line, index) => {
    return index === 0 ? spans(line.trim()) : [el('br'), ...spans(line.trim())];
  });
  return [el('p', {}, ...content), end];
}

/**
 * @param {string[]} lines
 * @param {number} at
 */
function beginsBlock(lines, at) {
  return beginsTable(lines, at) || [FENCE, HEADING, RULE, QUOTE, ITEM].some((pattern) => pattern.test(lines[at]));
}

/** What may stand within a line: its mark, the element it becomes. Longer marks first. */
const MARKS = [
  { mark: '**', tag: 'strong' },
  { mark: '__', tag: 'strong' },
  { mark: '~~', tag: 's' },
  { mark: '*', tag: 'em' },
  { mark: '_', tag: 'em' },
];
const LINK = /!?\[([^[\]]*)\]\(([^()\s]*)\)/y;

/**
 * @param {string} text
 * @returns {(Node | string)[]}
 */
function spans(text) {
  if (text.length > LONGEST_STYLED) return [text];
  const parts = [];
  let plain = '';
  for (let at = 0; at < text.length;) {
    const found = span(text, at);
    if (!found) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain) parts.push(plain);
    plain = '';
    parts.push(found.node);
    at = found.end;
  }
  if (plain) parts.push(plain);
  return parts;
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {{node: Node | string, end: number} | null}
 */
function span(text, at) {
  if (text[at] === '\\' && /[\\`*_~[\]#>!-]/.test(text[at + 1] ?? '')) return { node: text[at + 1], end: at + 2 };
  if (text[at] === '`') {
    const end = text.indexOf('`', at + 1);
    return end > at + 1 ? { node: el('code', {}, text.slice(at + 1, end)), end: end + 1 } : null;
  }
  LINK.lastIndex = at;
  const link = text[at] === '[' || text[at] === '!' ? LINK.exec(text) : null;
  if (link) return { node: el('span', { class: 'link' }, link[1] || link[2]), end: LINK.lastIndex };
  const kind = MARKS.find(({ mark }) => text.startsWith(mark, at));
  return kind ? marked(text, at, kind) : null;
}

/**
 * @param {string} text
 * @param {number} at
 * @param {{mark: string, tag: string}} kind
 */
function marked(text, at, { mark, tag }) {
  const start = at + mark.length;
  const insideWord = mark[0] === '_' && /[\p{L}\p{N}]/u.test(text[at - 1] ?? '');
  if (insideWord || /^\s?$/.test(text[start] ?? '')) return null;
  const end = text.indexOf(mark, start + 1);
  if (end < 0 || /\s/.test(text[end - 1])) return null;
  if (mark[0] === '_' && /[\p{L}\p{N}]/u.test(text[end + mark.length] ?? '')) return null;
  return { node: el(tag, {}, ...spans(text.slice(start, end))), end: end + mark.length };
}
