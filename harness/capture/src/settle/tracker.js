// Watches one document from before its first script: what is under way (`underWay`) and what happened (`happened`).
// This file and its neighbours are put together into one function that runs in each frame; see settle.rs.

const now = performance.now.bind(performance);
const later = window.setTimeout.bind(window);
const nextFrame = window.requestAnimationFrame.bind(window);

// What is under way, in words, by a number of ours.
const underWay = new Map();
// What happened, in words, with its time. Only the last second is ever told.
const happenings = [];
// Grows with everything that happens, so that "nothing happened since" is one comparison. The document's own part
// keeps a new document from looking like the old one.
let count = 0;
const documentMark = Math.trunc(performance.timeOrigin * 1000).toString(36);
let begun = 0;
// Shadow roots, closed ones too, for neither queries nor observers cross their borders.
const shadowRoots = new Set();
// The selectors that are masked: what happens behind a mask does not matter.
let masked = [];

function happened(words) {
  count += 1;
  if (!words) return;
  happenings.push([now(), words]);
  if (happenings.length > 1000) happenings.splice(0, 500);
}

// Something is under way until the function that this gives is called.
function begin(words) {
  const id = (begun += 1);
  underWay.set(id, words);
  happened();
  return () => {
    if (underWay.delete(id)) happened();
  };
}

function describe(element) {
  if (!element || element.nodeType === Node.DOCUMENT_NODE) return "the document";
  if (element instanceof ShadowRoot) return `the shadow of ${describe(element.host)}`;
  const attributes = ["id", "class", "data-testid"]
    .map((name) => [name, element.getAttribute?.(name)])
    .filter(([, value]) => value)
    .map(([name, value]) => ` ${name}="${value.slice(0, 60)}"`);
  return `<${element.localName}${attributes.join("")}>`;
}

function isMasked(node) {
  if (masked.length === 0) return false;
  const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
  if (element?.closest(masked.join(","))) return true;
  const root = node.getRootNode();
  return root instanceof ShadowRoot && isMasked(root.host);
}

function roots() {
  return [document, ...[...shadowRoots].filter((root) => root.isConnected)];
}

// --- Resizing. A picture beyond the window gives it another size for a moment. The page does not hear of that, nor of a
// size that is no other than before. These listeners are the first there are.

let picturing = false;
let size = [innerWidth, innerHeight];

for (const resized of [window, window.visualViewport]) {
  resized?.addEventListener("resize", (event) => {
    const known = size;
    if (!picturing) size = [innerWidth, innerHeight];
    if (picturing || (resized === window && size.every((length, at) => length === known[at]))) event.stopImmediatePropagation();
  }, true);
}

// --- Requests. A request is under way until its headers are there, and again while the page waits for its body: a
// page that follows a stream can come to rest, a page that waits for a list cannot.

const isEventStream = (type) => /^text\/event-stream\b/i.test(type ?? "");

function wrap(object, name, make) {
  const real = object?.[name];
  if (!real) return;
  const wrapped = make(real);
  Object.defineProperty(wrapped, "name", { value: name });
  Object.defineProperty(object, name, { ...Object.getOwnPropertyDescriptor(object, name), value: wrapped });
}

function words(what, method, url) {
  let absolute = String(url);
  try {
    absolute = new URL(absolute, document.baseURI).href;
  } catch {
    // An address that is none is told as it was given.
  }
  return `${what} ${String(method || "GET").toUpperCase()} ${absolute.slice(0, 300)} pending`;
}

wrap(window, "fetch", (real) => function (input, init) {
  const request = typeof Request === "function" && input instanceof Request ? input : undefined;
  const done = begin(words("request", init?.method ?? request?.method, request ? request.url : input));
  const answer = Reflect.apply(real, this, arguments);
  answer.then(done, done);
  return answer;
});

for (const name of ["arrayBuffer", "blob", "bytes", "formData", "json", "text"]) {
  wrap(Response.prototype, name, (real) => function () {
    const body = Reflect.apply(real, this, arguments);
    if (this.url && !isEventStream(this.headers.get("content-type"))) {
      const done = begin(`the body of ${this.url.slice(0, 300)} pending`);
      body.then(done, done);
    }
    return body;
  });
}

const opened = new WeakMap();
wrap(XMLHttpRequest.prototype, "open", (real) => function (method, url) {
  opened.set(this, words("request", method, url));
  return Reflect.apply(real, this, arguments);
});
wrap(XMLHttpRequest.prototype, "send", (real) => function () {
  const done = begin(opened.get(this) ?? "request pending");
  this.addEventListener("loadend", done);
  this.addEventListener("readystatechange", () => {
    if (this.readyState === 2 && isEventStream(this.getResponseHeader("content-type"))) done();
  });
  try {
    return Reflect.apply(real, this, arguments);
  } catch (error) {
    done();
    throw error;
  }
});

// --- Navigation: a page that leaves for another is not at rest, however still it is while the other is on its way.

let leaving;
window.navigation?.addEventListener("navigate", ({ destination, downloadRequest }) => {
  if (destination.sameDocument || downloadRequest !== null) return;
  leaving?.();
  leaving = begin(`navigation to ${destination.url.slice(0, 300)} pending`);
});
window.navigation?.addEventListener("navigateerror", () => {
  leaving?.();
  leaving = undefined;
});
const isLeaving = () => leaving !== undefined;

// --- Scripts, style sheets and frames that a script adds after the page has loaded; the ones before belong to the
// load itself.

const lateResources = new WeakMap();

function watchLateResources(node) {
  if (node.nodeType !== Node.ELEMENT_NODE || document.readyState !== "complete") return;
  const selector = 'script[src]:not([nomodule]), link[rel~="stylesheet"][href], iframe[src]:not([loading="lazy"])';
  const found = [...node.querySelectorAll(selector)];
  if (node.matches(selector)) found.push(node);
  for (const element of found) {
    if (lateResources.has(element) || element.sheet || !element.isConnected) continue;
    const done = begin(`${element.localName} ${element.src || element.href} pending`);
    lateResources.set(element, done);
  }
}

// --- Mutations. A clock that writes the same time again has changed nothing.

function mutated(records) {
  const children = new Map();
  const attributes = new Map();
  for (const record of records) {
    const { target, type } = record;
    if (type === "childList") {
      for (const node of record.addedNodes) watchLateResources(node);
      const entry = children.get(target) ?? { added: [], removed: [] };
      entry.added.push(...record.addedNodes);
      entry.removed.push(...record.removedNodes);
      children.set(target, entry);
    } else {
      // The first old value of each attribute (and of a text) is the one to compare with.
      const entry = attributes.get(target) ?? new Map();
      const name = type === "attributes" ? record.attributeName : "";
      if (!entry.has(name)) entry.set(name, record);
      attributes.set(target, entry);
    }
  }
  for (const [target, { added, removed }] of children) {
    if (added.length === removed.length && added.every((node, i) => node.isEqualNode(removed[i]))) continue;
    changed(target);
  }
  for (const [target, entry] of attributes) {
    for (const [name, { oldValue, attributeNamespace }] of entry) {
      const value = name === "" ? target.data : target.getAttributeNS(attributeNamespace, name);
      if (value !== oldValue) changed(target);
    }
  }
}

function changed(node) {
  const element = node.nodeType === Node.TEXT_NODE ? node.parentNode : node;
  const parent = element?.localName;
  if (parent === "title" || parent === "meta" || !node.isConnected || isMasked(node)) return;
  happened(`mutation in ${describe(element)}`);
}

const observer = new MutationObserver(mutated);

function observe(root) {
  observer.observe(root, {
    attributeOldValue: true, attributes: true, characterData: true, characterDataOldValue: true, childList: true,
    subtree: true,
  });
}

// Changes the page for a picture, which is no change of the page's own.
function quietly(change) {
  mutated(observer.takeRecords());
  change();
  observer.takeRecords();
}

wrap(Element.prototype, "attachShadow", (real) => function () {
  const root = Reflect.apply(real, this, arguments);
  shadowRoots.add(root);
  observe(root);
  return root;
});
