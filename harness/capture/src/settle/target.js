// What of the page is pictured: all of it, what the window shows, an element or a box.

// Whether the picture may show any place of the page, rather than the window alone.
const isOfPage = ({ target }) => target !== "viewport";

// The part that the last look pictured, in picture pixels from the page's corner; undefined for all there is.
let part;

// The page or the window, in CSS pixels, and the way from the window to it.
function ground(options) {
  const page = document.documentElement;
  const whole = isOfPage(options);
  const [dx, dy] = whole ? [scrollX, scrollY] : [0, 0];
  return {
    dx, dy, left: 0, top: 0,
    right: whole ? Math.max(page.scrollWidth, innerWidth) : innerWidth,
    bottom: whole ? Math.max(page.scrollHeight, innerHeight) : innerHeight,
  };
}

// The smallest box of whole picture pixels around one in CSS pixels.
function outwards({ left, top, right, bottom }, scale) {
  const [x, y] = [Math.floor(left * scale), Math.floor(top * scale)];
  return { x, y, w: Math.ceil(right * scale) - x, h: Math.ceil(bottom * scale) - y };
}

// The box that is asked for, as far as it can be seen; undefined where nothing of it can, null where all is pictured.
function asked(options) {
  const { element, clip } = options.target;
  if (!element && !clip) return null;
  const around = ground(options);
  if (element) return boxesOf(element, around.dx, around.dy, around)[0];
  const box = cut({ left: clip.x, top: clip.y, right: clip.x + clip.w, bottom: clip.y + clip.h }, around);
  return isEmpty(box) ? undefined : box;
}

function unseen(options) {
  if (asked(options) !== undefined) return [];
  const { element, clip } = options.target;
  const words = element ? `no element ${element} can be seen` : `the box ${Object.values(clip).join(", ")} lies outside of the page`;
  return [`${words}; page at ${location.href} shows title "${document.title}"`];
}

// A box of the page as the picture has it; undefined where the picture shows nothing of it.
function inPicture({ x, y, w, h }) {
  if (!part) return { x, y, w, h };
  const [left, top] = [Math.max(x - part.x, 0), Math.max(y - part.y, 0)];
  const [right, bottom] = [Math.min(x + w - part.x, part.w), Math.min(y + h - part.y, part.h)];
  return right > left && bottom > top ? { x: left, y: top, w: right - left, h: bottom - top } : undefined;
}

// Without the elements of which the picture shows nothing, but for those around one that it shows.
function shown(elements) {
  const kept = elements.map(({ place: [x, y, w, h] }) => x < part.w && y < part.h && x + w > 0 && y + h > 0);
  for (let at = elements.length - 1; at >= 0; at--) if (kept[at] && elements[at].parent !== undefined) kept[elements[at].parent] = true;
  const places = new Map();
  elements.forEach((_, at) => { if (kept[at]) places.set(at, places.size); });
  for (const element of elements) if (element.parent !== undefined) element.parent = places.get(element.parent);
  return elements.filter((_, at) => kept[at]);
}
