// Finds what masks cover, and paints over it, leaves it, or puts a box of fixed size in its place.

// Device pixels for one CSS pixel in the picture. A phone shows a page that is wider than its screen smaller; a picture of
// the page does not.
const pictureScale = (options) => window.devicePixelRatio * (isOfPage(options) ? 1 : window.visualViewport?.scale ?? 1);

// The box that clips what `element` shows, upwards: fixed boxes are clipped by nothing, absolute ones by the boxes they
// are placed in, others by each parent.
function clippingParent(element) {
  const { position } = getComputedStyle(element);
  if (position === "fixed") return null;
  if (position === "absolute") return element.offsetParent;
  const root = element.getRootNode();
  return element.assignedSlot ?? element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}

function visiblePart(element) {
  let { left, top, right, bottom } = element.getBoundingClientRect();
  let parent = clippingParent(element);
  while (parent && parent !== document.body && parent !== document.documentElement) {
    const { overflowX, overflowY } = getComputedStyle(parent);
    const frame = parent.getBoundingClientRect();
    if (overflowX !== "visible") [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
    if (overflowY !== "visible") [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
    parent = clippingParent(parent);
  }
  return { left, top, right, bottom };
}

function moved({ left, top, right, bottom }, dx, dy) {
  return { left: left + dx, top: top + dy, right: right + dx, bottom: bottom + dy };
}

function cut(box, by) {
  return {
    left: Math.max(box.left, by.left), top: Math.max(box.top, by.top),
    right: Math.min(box.right, by.right), bottom: Math.min(box.bottom, by.bottom),
  };
}

const isEmpty = ({ left, top, right, bottom }) => left >= right || top >= bottom;

// The visible boxes of all matches in this frame and in those within, in CSS pixels. `dx` and `dy` lead from this
// frame's window to the picture, `frame` is what of the picture this frame may show.
function boxesOf(selector, dx, dy, frame) {
  const boxes = [];
  for (const root of roots()) {
    for (const element of root.querySelectorAll(selector)) {
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const box = cut(moved(visiblePart(element), dx, dy), frame);
      if (!isEmpty(box)) boxes.push(box);
    }
    for (const inner of root.querySelectorAll("iframe, frame")) {
      const capture = captureOf(inner.contentWindow);
      if (!capture) continue;
      const { left, top } = inner.getBoundingClientRect();
      const [x, y] = [left + inner.clientLeft, top + inner.clientTop];
      const window = { left: x, top: y, right: x + inner.clientWidth, bottom: y + inner.clientHeight };
      boxes.push(...capture.boxesOf(selector, dx + x, dy + y, cut(moved(window, dx, dy), frame)));
    }
  }
  return boxes;
}

// A layer above everything, modal dialogues too: only the browser's top layer is. It takes no room.
let layer;

function paint(boxes, color, scale) {
  quietly(() => {
    layer?.remove();
    if (boxes.length === 0) return;
    layer = document.createElement("div");
    layer.setAttribute("popover", "manual");
    layer.setAttribute("aria-hidden", "true");
    // Boxes are placed in picture pixels and scaled down as one: each by itself would be rounded to CSS pixels, and its
    // edges would be mixed with what they should cover.
    set(layer, {
      all: "initial", display: "block", position: "absolute", inset: "0 auto auto 0", width: "0", height: "0",
      overflow: "visible", transform: `scale(${1 / scale})`, "transform-origin": "0 0",
    });
    for (const { x, y, w, h } of boxes) {
      const box = document.createElement("div");
      const [left, top, width, height] = [x, y, w, h].map((length) => `${length}px`);
      set(box, { all: "initial", position: "absolute", left, top, width, height, background: color });
      layer.append(box);
    }
    document.documentElement.append(layer);
    layer.showPopover();
  });
}

// By script and not by attribute: a strict content security policy forbids `style="…"`.
function set(element, properties) {
  for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value, "important");
}

// --- Placeholders: what is in an element shall not push what is around it.

let placed = "";

// A style sheet rather than attributes: it also holds what the page has not made yet, and nothing in the page changes.
function placeholder({ selector, size: [width, height] }) {
  // Two identifiers that no element has make the rule outweigh the page's own.
  const held = `:is(${selector}):not(#_#_)`;
  const fixed = (name, length) => `${name}: ${length}px !important; min-${name}: ${length}px !important; max-${name}: ${length}px !important;`;
  return `${held} { ${fixed("width", width)} ${fixed("height", height)} box-sizing: border-box !important; padding: 0 !important;
    overflow: hidden !important; font-size: 0 !important; line-height: 0 !important; transition: none !important; }
    ${held} > * { display: none !important } ${held}::before, ${held}::after { content: none !important }`;
}

function holdPlaces(masks) {
  const held = masks.filter(({ kind }) => kind === "placeholder");
  const style = held.map(placeholder).join("\n");
  if (style !== placed) places.replaceSync(style);
  placed = style;
  for (const { selector } of held) {
    for (const root of roots()) {
      for (const element of root.querySelectorAll(selector)) {
        // An inline box has no size of its own.
        if (getComputedStyle(element).display === "inline") quietly(() => set(element, { display: "inline-block" }));
      }
    }
  }
}

// Covers all matches of all masks and tells the boxes as the picture has them, in whole picture pixels. The page is scrolled to the top, but
// for pages that do not let themselves be.
function mask(options) {
  const around = ground(options);
  const scale = pictureScale(options);
  const boxes = (selector) => boxesOf(selector, around.dx, around.dy, around).map((box) => outwards(box, scale));
  const found = options.masks.map(({ selector, kind }) => ({ selector, kind, boxes: boxes(selector) }));
  const [left, top] = isOfPage(options) ? [0, 0] : [scrollX * scale, scrollY * scale];
  const covered = found.filter(({ kind }) => kind !== "ignored").flatMap(({ boxes }) => boxes);
  paint(covered.map((box) => ({ ...box, x: box.x + left, y: box.y + top })), options.maskColor, scale);
  return found.map((one) => ({ ...one, boxes: one.boxes.map(inPicture).filter(Boolean) }));
}
