// Tells the outline of the page: its elements, where they lie in the picture, and the properties that paint them. It
// only reads. What masks cover keeps its box and tells nothing of what is in it.

// As computed by `getComputedStyle`.
const USED = [
  "color", "background-color", "background-image", "background-position", "background-size", "font-family", "font-size", "font-weight", "font-style",
  "letter-spacing", "word-spacing", "text-align", "text-indent", "text-transform", "text-decoration-line",
  "text-decoration-color", "text-decoration-style", "text-overflow", "text-shadow", "white-space", "word-break", "list-style-type", "vertical-align",
  "border-top-width", "border-right-width", "border-bottom-width", "border-left-width",
  "border-top-style", "border-right-style", "border-bottom-style", "border-left-style",
  "border-top-color", "border-right-color", "border-bottom-color", "border-left-color",
  "border-top-left-radius", "border-top-right-radius", "border-bottom-right-radius", "border-bottom-left-radius",
  "outline-width", "outline-style", "outline-color", "box-shadow", "opacity", "visibility", "z-index", "filter",
  "backdrop-filter", "mix-blend-mode", "clip-path", "display", "position", "float", "overflow-x", "overflow-y",
  "flex-direction", "flex-wrap", "flex-grow", "flex-shrink", "justify-content", "align-items", "align-self", "order",
  "row-gap", "column-gap", "translate", "rotate", "scale", "object-fit", "fill", "stroke",
];
// As the page asks for it: what comes of these hangs on everything around, and is the box.
const ASKED = [
  "width", "height", "min-width", "max-width", "min-height", "max-height", "top", "right", "bottom", "left",
  "padding-top", "padding-right", "padding-bottom", "padding-left",
  "margin-top", "margin-right", "margin-bottom", "margin-left",
  "line-height", "flex-basis", "transform", "grid-template-columns",
];
const PROPERTIES = [...USED, ...ASKED];
// What pinning to the page changes is ours, not the page's.
const PINNED = new Set(["position", "translate", "top", "right", "bottom", "left"]);

// Beyond this a page would wait for its outline longer than for its picture; half an outline would tell untruths.
const ELEMENTS_MAX = 10000;
const TEXT_SHOWN = 80;
const VALUE_SHOWN = 200;

// 32 bits by FNV-1a.
function hashed(text) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

const tidied = (text) => (text ?? "").replace(/\s+/g, " ").trim();

// Cut between characters, never within one.
const shortened = (text, most) => (text.length <= most ? text : Array.from(text.slice(0, most * 2)).slice(0, most).join(""));

// An outlandish value is told by its beginning and a hash.
const value = (text) => (text.length <= VALUE_SHOWN ? text : `${text.slice(0, VALUE_SHOWN)}#${hashed(text)}`);

function stylesOf(element, pseudo) {
  const style = getComputedStyle(element, pseudo);
  const asked = pseudo ? undefined : element.computedStyleMap?.();
  const ours = !pseudo && pinned.has(element);
  return PROPERTIES.map((name, at) => {
    if (ours && PINNED.has(name)) return "";
    if (at < USED.length) return value(style.getPropertyValue(name));
    return asked ? value(asked.get(name)?.toString() ?? "") : "";
  });
}

// --- What an element says.

// The text of an element with all in it, but for what is masked.
function textWithin(element, left = 4 * TEXT_SHOWN) {
  let text = "";
  for (const node of element.childNodes) {
    if (text.length >= left) break;
    if (node.nodeType === Node.TEXT_NODE) text += node.data;
    else if (node.nodeType === Node.ELEMENT_NODE && !isMasked(node)) text += ` ${textWithin(node, left - text.length)} `;
  }
  return text;
}

const NAMED_BY_CONTENT = new Set([
  "a", "button", "h1", "h2", "h3", "h4", "h5", "h6", "label", "legend", "summary", "option", "caption", "th", "figcaption",
]);

function nameOf(element) {
  const by = (attribute) => element.getAttribute(attribute);
  const labelled = (by("aria-labelledby") ?? "").split(/\s+/).filter(Boolean)
    .map((id) => element.getRootNode().getElementById?.(id)).filter((other) => other && !isMasked(other)).map((other) => textWithin(other)).join(" ");
  const content = NAMED_BY_CONTENT.has(element.localName) || ["button", "link", "tab", "menuitem"].includes(by("role"));
  const labels = [...(element.labels ?? [])].filter((label) => !isMasked(label)).map((label) => textWithin(label)).join(" ");
  const names = [labelled, by("aria-label"), by("alt"), labels, content ? textWithin(element) : "", by("placeholder"), by("title")];
  return shortened(names.map(tidied).find(Boolean) ?? "", TEXT_SHOWN);
}

const ROLES = {
  a: "link", article: "article", aside: "complementary", button: "button", dialog: "dialog", footer: "contentinfo", form: "form",
  h1: "heading", h2: "heading", h3: "heading", h4: "heading", h5: "heading", h6: "heading", header: "banner", img: "img",
  li: "listitem", main: "main", nav: "navigation", ol: "list", progress: "progressbar", select: "combobox", table: "table",
  textarea: "textbox", ul: "list",
};
const INPUT_ROLES = { button: "button", checkbox: "checkbox", radio: "radio", range: "slider", reset: "button", submit: "button" };

function roleOf(element) {
  const told = element.getAttribute("role")?.trim().split(/\s+/)[0];
  if (told) return told;
  if (element.localName === "input") return INPUT_ROLES[element.type] ?? "textbox";
  return ROLES[element.localName] ?? "";
}

// The element's own text, or what a field holds or asks for.
function ownText(element) {
  switch (element.localName) {
    case "input":
      if (element.type === "checkbox" || element.type === "radio") return element.checked ? "checked" : "";
      return element.type === "password" && element.value ? "•".repeat(element.value.length) : element.value || element.placeholder;
    case "textarea": return element.value || element.placeholder;
    case "select": return [...element.selectedOptions].map((option) => option.label).join(", ");
    case "progress": case "meter": return String(element.value);
  }
  let text = "";
  for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) text += ` ${node.data}`;
  return text;
}

// What an element shows that is no text. An address is told without its origin, which is another on each machine.
function sourceOf(element) {
  if (element.localName === "svg") return hashed(element.innerHTML);
  const address = element.localName === "video" ? element.poster : element.currentSrc || (element.localName === "img" ? element.src : "");
  if (!address) return "";
  try {
    const { origin, href, protocol } = new URL(address, document.baseURI);
    if (protocol === "blob:") return "blob:";
    return value(origin === location.origin ? href.slice(origin.length) : href);
  } catch {
    return value(address);
  }
}

// --- The walk.

// Adds this frame's elements to `list`. `dx` and `dy` lead from this frame's window to the picture.
function outlineInto(list, parent, dx, dy, scale) {
  const intern = (styles) => {
    const key = styles.join("\n");
    let at = list.known.get(key);
    if (at === undefined) {
      at = list.styles.length;
      list.known.set(key, at);
      list.styles.push(styles);
    }
    return at;
  };
  const placeOf = ({ left, top, right, bottom }) => {
    const [x, y] = [Math.round((left + dx) * scale), Math.round((top + dy) * scale)];
    return [x, y, Math.round((right + dx) * scale) - x, Math.round((bottom + dy) * scale) - y];
  };
  const add = (entry) => {
    for (const [name, value] of Object.entries(entry)) if (value === "" || value === null) delete entry[name];
    list.elements.push(entry);
    return list.elements.length - 1;
  };
  const addPseudo = (element, pseudo, around, place) => {
    const { content, display } = getComputedStyle(element, pseudo);
    if (content === "none" || content === "normal" || display === "none") return;
    const text = content.startsWith('"') ? tidied(content.slice(1, -1)) : "";
    add({
      parent: around, tag: pseudo, text: shortened(text, TEXT_SHOWN), text_hash: text && hashed(text),
      source: content.includes("url(") ? value(content) : "", place, style: intern(stylesOf(element, pseudo)),
    });
  };
  const visit = (element, around, hidden) => {
    if (element === layer || element.nodeType !== Node.ELEMENT_NODE || list.elements.length > ELEMENTS_MAX) return;
    const styles = stylesOf(element);
    const display = styles[PROPERTIES.indexOf("display")];
    if (display === "none") return;
    const masked = hidden || isMasked(element);
    const text = masked ? "" : tidied(ownText(element));
    const place = placeOf(element.getBoundingClientRect());
    const at = add({
      parent: around, tag: element.localName, id: element.id || "", test_id: element.getAttribute("data-testid") ?? "",
      class: element.classList[0] ?? "", role: roleOf(element), name: masked ? "" : nameOf(element),
      text: shortened(text, TEXT_SHOWN), text_hash: text && hashed(text), source: masked ? "" : sourceOf(element),
      place, style: intern(styles),
    });
    if (masked || element.localName === "svg" || element.localName === "select") return;
    addPseudo(element, "::before", at, place);
    for (const child of element.shadowRoot?.children ?? []) visit(child, at, false);
    for (const child of element.children) visit(child, at, false);
    addPseudo(element, "::after", at, place);
    if (element.localName === "iframe" || element.localName === "frame") {
      const { left, top } = element.getBoundingClientRect();
      captureOf(element.contentWindow)?.outlineInto(list, at, dx + left + element.clientLeft, dy + top + element.clientTop, scale);
    }
  };
  if (document.documentElement) visit(document.documentElement, parent, false);
}

// The outline of the page as it is now, with the mark that tells whether anything happened since it was pictured;
// null for a page of too many elements.
function outline(options) {
  const list = { elements: [], styles: [], known: new Map() };
  const scale = pictureScale(options);
  const { dx, dy, right, bottom } = ground(options);
  outlineInto(list, null, dx - (part?.x ?? 0) / scale, dy - (part?.y ?? 0) / scale, scale);
  if (list.elements.length > ELEMENTS_MAX) return null;
  return {
    mark: frames().map((one) => one.mark()).join(),
    outline: {
      size: { width: part?.w ?? Math.round(right * scale), height: part?.h ?? Math.round(bottom * scale) }, scale,
      properties: PROPERTIES, styles: list.styles, elements: part ? shown(list.elements) : list.elements,
    },
  };
}
