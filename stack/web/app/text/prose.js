/** A record's Markdown as elements, or the note that it cannot be read. */

import { UNREADABLE } from '../data/collection.js';
import { plain, text } from '../ui/parts.js';
import { markdown } from './markdown.js';

/**
 * @param {unknown} content
 * @returns {(Node | string)[]}
 */
export function prose(content) {
  return content === UNREADABLE ? [text(content)] : markdown(plain(content));
}
