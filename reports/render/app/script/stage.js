// The stage: a picture's panes in one of five views, with linked zoom and pan, and boxes over what differs and what is
// masked. A pane's sheet is as large as the picture times the zoom; boxes stand on it in shares of the picture.
"use strict";

const VIEWS = [
  { name: "side", words: "Side by side", short: "Side" },
  { name: "slider", words: "Slider", short: "Slider" },
  { name: "difference", words: "Difference", short: "Diff" },
  { name: "onion", words: "Onion skin", short: "Onion" },
  { name: "blink", words: "Blink", short: "Blink" },
];
const ZOOM = { step: 1.25, least: 0.05, most: 8 };
const BLINK_MS = 650;
// Beyond this, boxes show their number only when pointed at, or numbers would hide the picture.
const MANY_REGIONS = 12;
// Causes whose elements are drawn, boxes of each, and how many causes may have their words in sight at once.
const CAUSES_DRAWN = 20;
const BOXES_DRAWN = 12;
const FEW_CAUSES = 4;
const narrow = matchMedia("(max-width: 900px)");

const stage = { picture: null, element: null, ports: [], zoom: 0, fit: true, size: { width: 1, height: 1 }, timer: 0, boxes: true, masks: true, elements: true };

function drawStage(picture, view) {
  clearInterval(stage.timer);
  stage.timer = 0;
  stage.toggleBlink = null;
  const again = stage.picture === picture;
  stage.picture = picture;
  stage.ports = [];
  stage.size = largestSize(picture);
  if (!again) stage.fit = true;
  const { expected, actual } = picture.images;
  const both = expected !== undefined && actual !== undefined;
  let panes;
  if (expected === undefined && actual === undefined) panes = [lackingPane(picture)];
  else if (!both) panes = [pane(picture, actual === undefined ? "expected" : "actual")];
  else panes = { side: sidePanes, slider: sliderPane, difference: differencePane, onion: onionPane, blink: blinkPane }[view](picture);
  stage.element.replaceChildren(...panes);
  stage.element.className = `panes${panes.length === 1 ? " single" : ""}${stage.boxes ? "" : " no-boxes"}${stage.masks ? "" : " no-masks"}${stage.elements ? "" : " no-elements"}${regionsOf(picture).length > MANY_REGIONS ? " many" : ""}`;
  arrangePanes();
  linkPorts();
  layZoom();
}

// The size both pictures fit in, before any is loaded.
function largestSize(picture) {
  const sizes = picture.comparison ? [picture.comparison.expected, picture.comparison.actual] : [];
  const viewport = run.environment.viewports.find(({ name }) => name === picture.viewport) ?? { width: 1280, height: 800, scale: 1 };
  if (sizes.length === 0) sizes.push({ width: Math.round(viewport.width * viewport.scale), height: Math.round(viewport.height * viewport.scale) });
  return { width: Math.max(...sizes.map((size) => size.width)), height: Math.max(...sizes.map((size) => size.height)) };
}

const WORDS = { expected: "Expected", actual: "Actual", diff: "Difference" };
const sizeWords = (size) => (size ? `${size.width}×${size.height}` : "");

const sidePanes = (picture) => {
  const panes = [pane(picture, "expected"), pane(picture, "actual")];
  if (picture.verdict !== "identical") panes.push(differencePane(picture)[0]);
  return panes;
};

function differencePane(picture) {
  if (picture.images.diff !== undefined) return [pane(picture, "diff")];
  // No difference was written: the browser draws one.
  const layers = ["expected", "actual"].map((which) => make("div.layer", {}, image(picture, which)));
  const sheet = sheetOf(picture, make("div.layer.blended", {}, ...layers));
  return [frame("Difference", picture.verdict === "identical" ? "every pixel is equal" : "drawn by this page, four times as strong", sheet)];
}

function pane(picture, which) {
  const sheet = sheetOf(picture, image(picture, which));
  const words = picture.images.expected === undefined && which === "actual" ? "Actual, no baseline yet" : WORDS[which];
  const note = which === "diff" ? picture.rows && "row by row: what moved lies on itself" : sizeWords(picture.comparison?.[which]);
  return frame(words, note, sheet);
}

function frame(words, note, sheet, ...dials) {
  const port = make("div.port", { tabindex: 0, role: "group", "aria-label": typeof words === "string" ? words : "Expected and actual in turn" }, sheet);
  stage.ports.push(port);
  return make("figure.pane", {}, make("figcaption", {}, words, note && make("small", {}, note), ...dials), port);
}

const sheetOf = (picture, ...children) => make("div.sheet", {}, ...children, boxesOf(picture));

function image(picture, which) {
  const size = which === "diff" ? null : picture.comparison?.[which];
  const src = picture.images[which];
  const element = make("img", {
    src: src === "" ? null : src,
    alt: `${WORDS[which]}: ${picture.flow}, ${picture.step}, as ${picture.viewer} sees it on ${picture.viewport}`,
    onload: () => {
      if (size || stage.picture !== picture) return;
      // The true size is known now; where nothing was compared it was only guessed.
      stage.size = picture.comparison ? stage.size : { width: element.naturalWidth, height: element.naturalHeight };
      layZoom();
    },
    onerror: () => element.replaceWith(lacking(`${WORDS[which]} picture not found`, decodeURIComponent(src))),
  });
  if (src === "") return lacking(`${WORDS[which]} picture refused`, "its path leaves the run's folder");
  if (size) Object.assign(element.dataset, size);
  return element;
}

const lacking = (title, detail) => make("div.lacking", { role: "note" }, make("b", {}, title), detail && make("code", {}, detail));

function lackingPane(picture) {
  return make("div.pane.pane-plain", {}, lacking("No picture was taken"));
}

// Two pictures on one sheet, the actual one above.
function layeredSheet(picture, style) {
  const top = make("div.layer", { style }, image(picture, "actual"));
  const sheet = sheetOf(picture, make("div.layer", {}, image(picture, "expected")), top);
  sheet.top = top;
  return sheet;
}

function sliderPane(picture) {
  const sheet = layeredSheet(picture, {});
  const handle = make("div.split-handle", { role: "slider", tabindex: 0, "aria-label": "Border between expected and actual", "aria-valuemin": 0, "aria-valuemax": 100, "aria-orientation": "horizontal" }, glyph("grip"));
  sheet.append(make("div.split", {}, handle));
  const move = (to) => {
    stage.split = clamp(to, 0, 100);
    sheet.style.setProperty("--at", `${stage.split}%`);
    sheet.top.style.clipPath = `inset(0 0 0 ${stage.split}%)`;
    handle.setAttribute("aria-valuenow", Math.round(stage.split));
    handle.setAttribute("aria-valuetext", `expected ${Math.round(stage.split)} %, actual ${Math.round(100 - stage.split)} %`);
  };
  const drag = (event) => {
    const box = sheet.getBoundingClientRect();
    move((event.clientX - box.left) / box.width * 100);
  };
  handle.addEventListener("pointerdown", (event) => {
    event.stopPropagation();
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", drag);
    handle.addEventListener("pointerup", () => handle.removeEventListener("pointermove", drag), { once: true });
  });
  handle.addEventListener("keydown", (event) => {
    const by = event.shiftKey ? 10 : 1;
    const to = { ArrowLeft: stage.split - by, ArrowDown: stage.split - by, ArrowRight: stage.split + by, ArrowUp: stage.split + by, PageDown: stage.split - 10, PageUp: stage.split + 10, Home: 0, End: 100 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  });
  move(stage.split ?? 50);
  return [frame("Expected", "drag the border, or use arrow keys", sheet, make("span.far", {}, "Actual"))];
}

function onionPane(picture) {
  const sheet = layeredSheet(picture, { opacity: stage.onion ?? 0.5 });
  const dial = make("label.dial", {}, make("span", {}, "Expected"), make("input", {
    type: "range", min: 0, max: 100, value: (stage.onion ?? 0.5) * 100, "aria-label": "How much of the actual picture shows, in percent",
    oninput: (event) => {
      stage.onion = event.target.value / 100;
      sheet.top.style.opacity = stage.onion;
    },
  }), make("span", {}, "Actual"));
  return [frame("Onion skin", "", sheet, dial)];
}

function blinkPane(picture) {
  const sheet = layeredSheet(picture, {});
  const tag = make("b", {});
  let actual = true;
  const turn = () => {
    actual = !actual;
    sheet.top.style.visibility = actual ? "visible" : "hidden";
    tag.textContent = actual ? "Actual" : "Expected";
  };
  const pause = make("button.tool", { type: "button", "aria-pressed": "false", onclick: () => stage.toggleBlink() }, "Pause ", make("kbd", { "aria-hidden": "true" }, "space"));
  // Paused, each press turns once more when motion is not wanted; otherwise it starts and stops.
  stage.toggleBlink = () => {
    if (calm.matches) return turn();
    if (stage.timer) clearInterval(stage.timer);
    stage.timer = stage.timer ? 0 : setInterval(turn, BLINK_MS);
    pause.setAttribute("aria-pressed", String(stage.timer === 0));
  };
  turn();
  if (!calm.matches) stage.timer = setInterval(turn, BLINK_MS);
  else pause.firstChild.textContent = "Turn ";
  return [frame(tag, "expected and actual in turn", sheet, make("span.dial", {}, pause))];
}

// What happened to an element, in few words: its name and what changed.
function wordsBeside({ element = "", changes = [], text }) {
  const told = changes.slice(0, 3).map(({ property, from, to }) => `${property} ${from} → ${to}`).join(", ");
  const words = told ? `${element}: ${told}` : text;
  return words.length > 110 ? `${words.slice(0, 109)}…` : words;
}

// Boxes in shares of the whole sheet, so that they need no care when the zoom changes.
function boxesOf(picture) {
  const { width, height } = stage.size;
  const share = (box) => ({ left: `${box.x / width * 100}%`, top: `${box.y / height * 100}%`, width: `${box.w / width * 100}%`, height: `${box.h / height * 100}%` });
  const boxes = make("div.boxes", {});
  for (const mask of picture.masks) {
    for (const box of mask.boxes) boxes.append(make("div.mask", { style: share(box), title: `masked: ${mask.selector}` }));
  }
  picture.causes.filter((cause) => cause.boxes.length > 0).slice(0, CAUSES_DRAWN).forEach((cause, _, drawn) => {
    cause.boxes.slice(0, BOXES_DRAWN).forEach((box, at) => {
      // The words stand beside the first box; of many causes each tells its own when pointed at.
      const words = at === 0 && make(`bdi.cause-words${box.y + box.h > height - 60 ? ".above" : ""}`, { dir: "auto" }, wordsBeside(cause));
      boxes.append(make(`div.cause${drawn.length > FEW_CAUSES ? ".quiet" : ""}`, { style: share(box), "aria-hidden": "true" }, words));
    });
  });
  regionsOf(picture).slice(0, 200).forEach((region, index) => {
    const atEdge = region.x === 0 || region.y === 0 || region.x + region.w >= width || region.y + region.h >= height;
    boxes.append(make(`button.box${region.y < 24 ? ".at-top" : ""}${atEdge ? ".at-edge" : ""}`, { type: "button", tabindex: -1, "aria-hidden": "true", "data-region": index + 1, style: share(region), onclick: () => show({ region: String(index + 1) }) }, make("span", {}, index + 1)));
  });
  return boxes;
}

// As many panes in a row as give the largest pictures: three tall ones stand side by side, wide ones two above one. A long
// page counts as one screen of it, for it scrolls anyway.
function arrangePanes() {
  const panes = stage.element.children.length;
  const { clientWidth, clientHeight } = stage.element;
  const screen = run.environment.viewports.find(({ name }) => name === stage.picture.viewport);
  const height = Math.min(stage.size.height, screen ? screen.height * screen.scale : stage.size.height);
  const scale = (columns) => {
    const rows = Math.ceil(panes / columns);
    return Math.min(clientWidth / columns / stage.size.width, (clientHeight / rows - 42) / height, 1 / (screen?.scale ?? 1));
  };
  const columns = panes === 3 && !narrow.matches && scale(2) > scale(3) * 1.08 ? 2 : panes;
  stage.element.style.setProperty("--columns", columns);
}

// The room a picture has in its pane; the port itself is only as high as its sheet.
function roomOf(port) {
  const figure = port.parentElement;
  return { width: port.clientWidth, height: narrow.matches ? innerHeight * 0.76 : figure.clientHeight - figure.firstElementChild.offsetHeight };
}

// Zoom. "Fit" is the width of a pane, never larger than the page was in CSS pixels.
function fitZoom() {
  const natural = 1 / (scaleOf.get(stage.picture.viewport) ?? 1);
  const room = Math.min(...stage.ports.map((port) => port.clientWidth));
  return Math.min(room / stage.size.width, natural);
}

function layZoom() {
  if (stage.ports.length === 0) return;
  if (stage.fit) stage.zoom = fitZoom();
  for (const port of stage.ports) {
    const sheet = port.querySelector(".sheet");
    sheet.style.width = `${stage.size.width * stage.zoom}px`;
    sheet.style.height = `${stage.size.height * stage.zoom}px`;
    sheet.classList.toggle("crisp", stage.zoom > 1.5);
    for (const img of sheet.querySelectorAll("img")) {
      img.style.width = `${(Number(img.dataset.width) || stage.size.width) * stage.zoom}px`;
      img.style.height = `${(Number(img.dataset.height) || stage.size.height) * stage.zoom}px`;
    }
  }
  const words = document.querySelector(".stage-tools .zoom");
  if (words) words.textContent = `${Math.round(stage.zoom * 100)} %`;
}

// Zooms by a factor around a point of the port (its middle when none is given); `null` fits again.
function zoomBy(factor, port = stage.ports[0], x = undefined, y = undefined) {
  if (port === undefined) return;
  const before = stage.zoom;
  const left = x ?? port.clientWidth / 2, top = y ?? port.clientHeight / 2;
  const at = { x: (port.scrollLeft + left) / before, y: (port.scrollTop + top) / before };
  stage.fit = factor === null;
  if (factor !== null) stage.zoom = clamp(before * factor, ZOOM.least, ZOOM.most);
  layZoom();
  port.scrollTo({ left: at.x * stage.zoom - left, top: at.y * stage.zoom - top, behavior: "instant" });
}

// Scrolls all panes to a region and, where it would be a speck, comes closer.
function goToRegion(index, fresh) {
  const region = regionsOf(stage.picture)[index - 1];
  for (const box of stage.element.querySelectorAll(".box")) {
    const current = Number(box.dataset.region) === index;
    box.toggleAttribute("aria-current", current);
    if (current) box.setAttribute("aria-current", "true");
    box.classList.toggle("fresh", current && fresh);
  }
  if (region === undefined || stage.ports.length === 0) return;
  const port = stage.ports[0];
  const room = roomOf(port);
  const closer = Math.min(room.width * 0.5 / region.w, room.height * 0.5 / region.h, 2 / (scaleOf.get(stage.picture.viewport) ?? 1));
  if (closer > fitZoom()) {
    stage.fit = false;
    stage.zoom = closer;
  } else {
    stage.fit = true;
  }
  layZoom();
  port.scrollTo({
    left: (region.x + region.w / 2) * stage.zoom - port.clientWidth / 2,
    top: (region.y + region.h / 2) * stage.zoom - port.clientHeight / 2,
    behavior: "instant",
  });
}

// Panes scroll together, a mouse drags them, the wheel with a modifier key zooms.
function linkPorts() {
  for (const port of stage.ports) {
    let led = null;
    port.follow = (left, top) => {
      if (Math.abs(port.scrollLeft - left) > 1) port.scrollLeft = left;
      if (Math.abs(port.scrollTop - top) > 1) port.scrollTop = top;
      led = { left: port.scrollLeft, top: port.scrollTop };
    };
    port.addEventListener("scroll", () => {
      const { scrollLeft, scrollTop } = port;
      // A pane that only followed leads nobody: the one that it followed may be elsewhere by now.
      if (led !== null && led.left === scrollLeft && led.top === scrollTop) return;
      led = null;
      for (const other of stage.ports) if (other !== port) other.follow(scrollLeft, scrollTop);
    }, { passive: true });
    port.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = port.getBoundingClientRect();
      zoomBy(Math.exp(-event.deltaY / 300), port, event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
    port.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0 || event.target.closest("button, .split-handle")) return;
      const from = { x: event.clientX + port.scrollLeft, y: event.clientY + port.scrollTop };
      port.setPointerCapture(event.pointerId);
      port.classList.add("held");
      const drag = (moved) => port.scrollTo({ left: from.x - moved.clientX, top: from.y - moved.clientY, behavior: "instant" });
      port.addEventListener("pointermove", drag);
      port.addEventListener("lostpointercapture", () => {
        port.classList.remove("held");
        port.removeEventListener("pointermove", drag);
      }, { once: true });
    });
    // The images inside must not be dragged as files.
    port.addEventListener("dragstart", (event) => event.preventDefault());
  }
}
