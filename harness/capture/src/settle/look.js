// Judges whether the page has come to rest, and brings to rest what never would by itself.

const STYLE = `
  *, *::before, *::after { caret-color: transparent !important; scroll-behavior: auto !important; }
  ::spelling-error, ::grammar-error { text-decoration: none !important; }
`;

// A style sheet belongs to one document; the window of an empty frame gets another when its first page is loaded.
let [sheet, places, watched] = [];

const LOADING = "the page is still loading";
const decoded = new WeakMap();
const paintedImages = new Map();

function captureOf(frame) {
  try {
    return frame?.[KEY];
  } catch {
    return undefined; // A frame of another origin keeps to itself.
  }
}

// This frame and all within that can be looked into.
function frames() {
  const inner = Array.from({ length: window.length }, (_, i) => captureOf(window[i])).filter(Boolean);
  return [capture, ...inner.flatMap((child) => child.frames())];
}

// --- Bringing to rest.

// An animation with an end is put there, as if its time had passed: the page hears of it. An endless one is taken off.
function endAnimations(root) {
  for (const animation of root.getAnimations()) {
    if (animation.playState !== "running" || !(animation.timeline instanceof DocumentTimeline)) continue;
    const name = animation.animationName ?? animation.transitionProperty ?? animation.id;
    const { target, pseudoElement } = animation.effect ?? {};
    if (!target || !isMasked(target)) {
      happened(`animation ${name || "without a name"} on ${describe(target)}${pseudoElement ?? ""}`);
    }
    try {
      if (animation.effect.getComputedTiming().endTime === Infinity) animation.cancel();
      else animation.finish();
    } catch {
      animation.cancel(); // One that runs backwards for ever cannot be finished.
    }
  }
  for (const moving of root.querySelectorAll("animate, animateMotion, animateTransform, set")) {
    const svg = moving.ownerSVGElement;
    if (!svg || svg.animationsPaused()) continue;
    svg.setCurrentTime(0);
    svg.pauseAnimations();
    happened(`animation in ${describe(svg)}`);
  }
  for (const medium of root.querySelectorAll("video, audio")) {
    if (!medium.paused) {
      medium.pause();
      happened(`${describe(medium)} playing`);
    }
    if (medium.currentTime !== 0 && Number.isFinite(medium.duration)) medium.currentTime = 0;
  }
}

function bringToRest() {
  for (const root of roots()) {
    for (const ours of [sheet, places]) {
      if (!root.adoptedStyleSheets.includes(ours)) root.adoptedStyleSheets.push(ours);
    }
    endAnimations(root);
    for (const image of root.querySelectorAll('img[loading="lazy"]')) quietly(() => { image.loading = "eager"; });
  }
}

// Takes away focus and scrolling. Whether there was anything to take away.
function letGo() {
  let any = false;
  const active = document.activeElement;
  if (active && active !== document.body && active !== document.documentElement && active.localName !== "iframe") {
    active.blur();
    any = document.activeElement !== active;
  }
  if (scrollX !== 0 || scrollY !== 0) {
    window.scrollTo({ left: 0, top: 0, behavior: "instant" });
    any = true;
  }
  return any;
}

// --- What keeps this document from rest, in words.

function pendingImages(root) {
  const pending = [];
  for (const image of root.querySelectorAll("img")) {
    const url = image.currentSrc || image.src;
    if (!image.complete) {
      pending.push(`image ${url.slice(0, 300)} pending`);
    } else if (image.naturalWidth > 0 && decoded.get(image) !== url) {
      decoded.set(image, url);
      const done = begin(`image ${url.slice(0, 300)} being decoded`);
      image.decode().then(done, done);
    }
  }
  return pending;
}

// Scripts and style sheets that a loading page waits for: the ones of which no answer is known.
function pendingParts() {
  const parts = [...document.querySelectorAll('script[src], link[rel~="stylesheet"][href], iframe[src]')];
  const missing = parts.filter((part) => performance.getEntriesByName(part.src || part.href).length === 0);
  return missing.map((part) => `${part.localName} ${part.src || part.href} pending`);
}

function causes() {
  const found = [];
  if (document.readyState !== "complete") found.push(LOADING, ...pendingParts());
  for (const root of roots()) {
    found.push(...pendingImages(root));
    for (const busy of root.querySelectorAll('[aria-busy="true"]')) {
      if (busy.checkVisibility() && !isMasked(busy)) found.push(`${describe(busy)} is aria-busy`);
    }
    for (const video of root.querySelectorAll("video")) {
      if (video.seeking) found.push(`${describe(video)} is seeking`);
    }
  }
  if (document.fonts.status !== "loaded") {
    const loading = [...document.fonts].filter((font) => font.status === "loading").map((font) => font.family);
    found.push(`fonts pending: ${[...new Set(loading)].join(", ")}`);
  }
  return [...found, ...underWay.values()];
}

function state(masks) {
  masked = masks.map(({ selector }) => selector);
  if (watched !== document) watchDocument();
  mutated(observer.takeRecords());
  holdPlaces(masks);
  bringToRest();
  return { causes: causes(), mark: mark() };
}

// Equal for two moments between which nothing happened in this document.
function mark() {
  mutated(observer.takeRecords());
  return `${documentMark}:${count}`;
}

// Pictures that style sheets paint are loaded when they are painted, and no event tells. Fetching each address once
// more, from the same cache, does. It also finds the shadow roots that the parser has made.
function awaitPaintedImages() {
  for (const root of roots()) {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot && !shadowRoots.has(element.shadowRoot)) {
        shadowRoots.add(element.shadowRoot);
        observe(element.shadowRoot);
        happened();
      }
      for (const pseudo of [undefined, "::before", "::after"]) awaitPaintedImagesOf(element, pseudo);
    }
  }
}

function awaitPaintedImagesOf(element, pseudo) {
  const style = getComputedStyle(element, pseudo);
  if (pseudo && (style.content === "none" || style.content === "normal")) return;
  const painted = [style.backgroundImage, style.maskImage, style.borderImageSource, style.listStyleImage];
  if (pseudo) painted.push(style.content);
  const text = painted.filter((value) => value.includes("url(")).join(" ");
  const addresses = [...text.matchAll(/url\("((?:[^"\\]|\\.)*)"\)/g)].map(([, address]) => address.replace(/\\(.)/g, "$1"));
  if (!pseudo && element.localName === "video" && element.poster) addresses.push(element.poster);
  if (!pseudo && element.localName === "image" && element.href) {
    addresses.push(new URL(element.href.baseVal, document.baseURI).href);
  }
  for (const address of addresses) {
    if (address.startsWith("data:") || paintedImages.has(address) || !element.checkVisibility()) continue;
    const image = new Image();
    paintedImages.set(address, image);
    const done = begin(`image ${address.slice(0, 300)} pending`);
    image.addEventListener("load", () => image.decode().then(done, done));
    image.addEventListener("error", done);
    image.src = address;
  }
}

// --- The look itself, called from outside in the outermost frame.

// The next frame. A page that draws none (its window is hidden, its thread busy) must not keep us from our deadline.
const frame = () => new Promise((resolve) => {
  nextFrame(() => resolve());
  later(resolve, 250);
});

function invalidSelector({ masks, ready }) {
  const empty = document.createDocumentFragment();
  for (const [role, selector] of [...masks.map(({ selector }) => ["mask", selector]), ["ready", ready]]) {
    try {
      if (selector != null) empty.querySelector(selector);
    } catch {
      return { role, selector };
    }
  }
  return undefined;
}

// What happened in the last second, each with how often.
function recent() {
  const counts = new Map();
  for (const { happenings } of frames()) {
    for (const [time, words] of happenings) {
      if (time > now() - 1000) counts.set(words, (counts.get(words) ?? 0) + 1);
    }
  }
  return [...counts].map(([words, n]) => (n === 1 ? `1 ${words}` : `${n} ${words.replace(/^(mutation|animation)\b/, "$1s")}`));
}

function report(options, settled, mark, reasons) {
  const page = document.documentElement;
  const scale = pictureScale(options.fullPage);
  if (options.fullPage) pinToPage();
  return {
    settled, mark, reasons, leaving: isLeaving(),
    masks: mask(options),
    url: location.href,
    title: document.title,
    status: performance.getEntriesByType("navigation")[0]?.responseStatus || null,
    width: Math.ceil(Math.max(page.scrollWidth, innerWidth) * scale),
    height: Math.ceil(Math.max(page.scrollHeight, innerHeight) * scale),
    scale,
  };
}

// What Chromium's own error page says. It is a page like any other and takes a moment to load.
async function errorCode() {
  const end = now() + 2000;
  for (;;) {
    const code = document.querySelector(".error-code")?.textContent.trim();
    if (code) return code.startsWith("DNS_PROBE") ? "ERR_NAME_NOT_RESOLVED" : code;
    if (now() >= end) return "it failed to load";
    await frame();
  }
}

function unready({ ready }) {
  if (ready == null || document.querySelector(ready)) return [];
  return [`ready selector ${ready} matched nothing; page at ${location.href} shows title "${document.title}"`];
}

// Waits until nothing is under way and nothing has happened for two frames, or until the budget is spent. With `known`,
// the mark of an earlier look, it is enough that nothing has happened since.
async function look(options) {
  if (location.protocol === "chrome-error:") return { unreachable: await errorCode() };
  // Firefox shows its own page at the address that failed.
  const failed = /^about:(?:net|cert)error\?(.*)/.exec(document.documentURI);
  if (failed) return { unreachable: new URLSearchParams(failed[1]).get("e") ?? "it failed to load" };
  const invalid = invalidSelector(options);
  if (invalid) return { invalid };

  const end = now() + options.budget;
  let [quietFrames, seen, searched, letGoes] = [0, undefined, undefined, 0];
  for (;;) {
    if (document.documentElement === null) {
      // A document that has not begun, or makes way before it does, is none that could be looked at.
      if (now() >= end) return { unwatched: true };
      await frame();
      continue;
    }
    const states = frames().map((one) => one.state(options.masks));
    const reasons = [...unready(options), ...states.flatMap((one) => one.causes)];
    const mark = states.map((one) => one.mark).join();
    quietFrames = mark === seen ? quietFrames + 1 : 0;
    seen = mark;
    const quiet = quietFrames >= 2 || mark === options.known;
    if (quiet && reasons.every((words) => words === LOADING) && mark !== options.known && mark !== searched) {
      // A page also loads for as long as its painted images do.
      searched = mark;
      for (const one of frames()) one.awaitPaintedImages();
    } else if (quiet && reasons.length === 0) {
      if (letGoes < 5 && frames().map((one) => one.letGo()).includes(true)) {
        // A page that takes the focus back again and again may keep it: its caret is hidden anyway.
        letGoes += 1;
        quietFrames = 0;
      } else {
        return report(options, true, mark, []);
      }
    } else if (now() >= end) {
      return report(options, false, mark, [...new Set([...reasons, ...recent()])]);
    } else {
      await frame();
    }
  }
}

// What lies at a place of the picture, for telling which element keeps changing.
function elementAt(x, y, fullPage) {
  const scale = pictureScale(fullPage);
  layer?.remove();
  const [left, top] = [x / scale, y / scale];
  window.scrollTo({ left: 0, top: Math.max(0, top - innerHeight / 2), behavior: "instant" });
  return describe(document.elementFromPoint(left - scrollX, top - scrollY));
}

// Begins to watch the document that this window shows now.
function watchDocument() {
  watched = document;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  [places, placed] = [new CSSStyleSheet(), ""];
  shadowRoots.clear();
  for (const event of ["load", "error"]) {
    document.addEventListener(event, ({ target }) => lateResources.get(target)?.(), true);
  }
  observe(document);
}

const capture = {
  awaitPaintedImages, boxesOf, elementAt, frames, happenings, letGo, look, mark, outline, outlineInto, state, watchDocument,
};
