/**
 * Building elements. Text only ever becomes a text node, so content cannot turn into markup.
 *
 * @typedef {Node | string | null | undefined | false} Child
 */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element with attributes and children. An attribute that is `null`, `undefined` or `false` is left out, `true` is
 * written as an empty one.
 *
 * @param {string} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  return /** @type {HTMLElement} */ (fill(document.createElement(tag), attributes, children));
}

/**
 * The same for SVG.
 *
 * @param {string} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]
 * @param {...Child} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  return /** @type {SVGElement} */ (fill(document.createElementNS(SVG, tag), attributes, children));
}

/**
 * Makes `nodes` the children of `container`, keeping those old children that look the same: what did not change is
 * not touched and does not flicker. New children fade in when `animate` says so.
 *
 * @param {Element} container
 * @param {Node[]} nodes
 * @param {{animate?: boolean}} [options]
 */
export function replaceChanged(container, nodes, { animate = false } = {}) {
  const old = new Map();
  for (const child of container.children) old.set(keyOf(child), child);
  const next = nodes.map((node) => {
    const before = old.get(keyOf(node));
    if (before?.isEqualNode(node)) return before;
    if (animate && !before && node instanceof HTMLElement) arrive(node);
    return node;
  });
  if (next.length !== container.childNodes.length || next.some((node, i) => node !== container.childNodes[i])) {
    container.replaceChildren(...next);
  }
}

/** @param {Node} node */
function keyOf(node) {
  return node instanceof Element ? (node.getAttribute('data-key') ?? node.className) : node;
}

/** @param {HTMLElement} node */
function arrive(node) {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  node.animate(
    [
      { opacity: 0, transform: 'translateY(-4px)' },
      { opacity: 1, transform: 'none' },
    ],
    {
      duration: 220,
      easing: 'ease-out',
    },
  );
}

/**
 * @param {Element} element
 * @param {Record<string, string | number | boolean | null | undefined>} attributes
 * @param {Child[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}
