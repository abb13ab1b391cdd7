// The list of pictures. Only the rows in sight are in the document: each has a known height, so a row's place is a sum
// and ten thousand pictures scroll like sixty.
"use strict";

const SELECTS = ["verdict", "viewer", "viewport", "flow"];
const NEEDS_LOOK = "look";
const OVERSCAN = 600;
const CROP = { width: 107, height: 68 };

// Scrolling faster than this, in pixels a millisecond, passes pictures by: they are loaded once it slows down. A whole page
// is much to unpack for a spot of it.
const HURRY = 2;
const HURRY_ENDS_MS = 90;

const list = { pictures: [], items: [], tops: [], rows: new Map(), current: -1, seen: 0, seenAt: 0, hurried: false, slowing: 0 };

function drawFilters() {
  const option = (value, words) => make("option", { value }, words);
  const named = (values) => [option("", "all"), ...values.map((value) => option(value, value))];
  const counts = countVerdicts(run.pictures);
  id("f-verdict").replaceChildren(option("", "all"), option(NEEDS_LOOK, `needs a look (${looks})`),
    ...run.verdicts.map(({ name, words }) => option(name, `${words} (${counts.get(name)})`)));
  id("f-viewer").replaceChildren(...named(viewers));
  id("f-viewport").replaceChildren(...named(viewports));
  id("f-flow").replaceChildren(...named(flows));
  for (const name of SELECTS) id(`f-${name}`).addEventListener("change", (event) => show({ [name]: event.target.value }));
  id("q").addEventListener("input", (event) => show({ q: event.target.value }));
  id("filters").addEventListener("submit", (event) => event.preventDefault());
  id("filters").addEventListener("reset", (event) => {
    event.preventDefault();
    show(Object.fromEntries(FILTERS.map((name) => [name, ""])));
    id("q").focus();
  });
}

function filtered() {
  const words = shown.q.toLowerCase().split(/\s+/).filter(Boolean);
  return run.pictures.filter((picture) =>
    (shown.verdict === "" || picture.verdict === shown.verdict || (shown.verdict === NEEDS_LOOK && picture.look)) &&
    (shown.viewer === "" || picture.viewer === shown.viewer) &&
    (shown.viewport === "" || picture.viewport === shown.viewport) &&
    (shown.flow === "" || picture.flow === shown.flow) &&
    (shown.group === "" || picture.group === Number(shown.group)) &&
    words.every((word) => wordsOf(picture).includes(word)));
}

function drawList() {
  for (const name of SELECTS) {
    const select = id(`f-${name}`);
    select.value = shown[name];
    select.parentElement.classList.toggle("set", shown[name] !== "");
  }
  if (id("q").value !== shown.q) id("q").value = shown.q;
  id("clear").hidden = !isFiltered();
  markOverview();
  markGroups();
  const asked = FILTERS.map((name) => shown[name]).join("\n");
  if (asked === list.asked) return;
  list.asked = asked;
  list.pictures = filtered();
  list.current = -1;
  layRows();
  const all = run.pictures.length;
  id("found").textContent = list.pictures.length === all ? plural(all, "picture", "pictures") : `${number(list.pictures.length)} of ${plural(all, "picture", "pictures")}`;
  id("none").hidden = list.pictures.length > 0 || all === 0;
  id("table").hidden = list.pictures.length === 0;
}

// Rows and their headings, each with its place.
function layRows() {
  const phone = matchMedia("(max-width: 700px)").matches;
  const heights = { group: 52, item: phone ? 100 : 88 };
  list.items = [];
  let last = null;
  const counts = countVerdicts(list.pictures);
  list.pictures.forEach((picture, index) => {
    if (picture.verdict !== last) {
      last = picture.verdict;
      list.items.push({ kind: "group", verdict: last, count: counts.get(last) });
    }
    list.items.push({ kind: "item", picture, index });
  });
  let top = 0;
  list.tops = list.items.map((item) => {
    const here = top;
    top += heights[item.kind];
    return here;
  });
  list.heights = heights;
  id("rows").style.height = `${top}px`;
  id("rows").replaceChildren();
  list.rows.clear();
  id("table").setAttribute("aria-rowcount", list.items.length + 1);
  paintRows();
}

function itemAt(offset) {
  let low = 0, high = list.tops.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (list.tops[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function paintRows() {
  const rows = id("rows");
  if (list.items.length === 0 || rows.offsetParent === null) return;
  const above = -rows.getBoundingClientRect().top;
  const first = itemAt(above - OVERSCAN), last = itemAt(above + innerHeight + OVERSCAN);
  for (const [at, row] of list.rows) {
    // A row that has the focus stays, or the keyboard would lose its place.
    if ((at < first || at > last) && !row.contains(document.activeElement)) {
      row.remove();
      list.rows.delete(at);
    }
  }
  for (let at = first; at <= last; at++) {
    if (list.rows.has(at)) continue;
    const item = list.items[at];
    const row = item.kind === "group" ? groupRow(item) : pictureRow(item);
    row.style.top = `${list.tops[at]}px`;
    row.setAttribute("aria-rowindex", at + 2);
    list.rows.set(at, row);
    // In the order of reading, so that Tab goes down the list.
    const next = [...list.rows.keys()].filter((other) => other > at).sort((a, b) => a - b)[0];
    rows.insertBefore(row, next === undefined ? null : list.rows.get(next));
  }
}

function groupRow(item) {
  return make("div.row-group", { role: "row" },
    make("span", { role: "cell" }, verdictMark(item.verdict), " ", make("span.count", {}, number(item.count))));
}

function pictureRow({ picture, index }) {
  const cell = (name, ...children) => make(`span.${name}`, { role: "cell" }, ...children);
  const region = regionsOf(picture)[0];
  const differs = picture.comparison !== undefined && picture.verdict !== "identical";
  return make("div.row.row-item", { role: "row" },
    cell("c-shot", previews(picture)),
    cell("c-name",
      make("a.name", { href: pictureAddress(picture), "data-index": index, onclick: openRow },
        make("span.flow", {}, picture.flow), make("span.slash", {}, "/"), make("b", {}, picture.step)),
      decisionOf(picture) !== undefined && make("span.row-decided", {}, sentence(decisionOf(picture).decision), " "),
      picture.accepted ? make("span.note", {}, "accepted by this run") : noteOf(picture) && make("bdi.note", { dir: "auto" }, noteOf(picture))),
    cell("c-viewer", picture.viewer, make("span.on-phone", {}, ` on ${picture.viewport}`)),
    cell("c-viewport", picture.viewport),
    cell("c-verdict", verdictMark(picture.verdict)),
    cell("c-pixels", differs ? number(picture.pixels) : ""),
    cell("c-share", differs ? picture.share : ""),
    cell("c-region", differs && region ? `${region.w}×${region.h}` : ""),
    cell("c-ms", span(picture.ms)));
}

function openRow(event) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  list.current = Number(event.currentTarget.dataset.index);
  show({ p: list.pictures[list.current].key, region: "" });
}

// Before and after of the largest region where something changed, else the head of the page.
function previews(picture) {
  const { expected, actual } = picture.images;
  const region = regionsOf(picture)[0];
  const shots = make("span.shots", {});
  if (region !== undefined && expected !== undefined && actual !== undefined) {
    shots.append(crop(picture, expected, picture.comparison.expected, region), crop(picture, actual, picture.comparison.actual, region));
  } else if (actual !== undefined || expected !== undefined) {
    shots.append(make("span.shot.head", {}, shotImage(picture, actual ?? expected)));
  } else {
    shots.append(make("span.shot.shot-empty", {}, "no picture"));
  }
  return shots;
}

function shotImage(picture, src, style = {}) {
  return make("img", { [list.hurried ? "data-src" : "src"]: src, alt: "", loading: "lazy", decoding: "async", style, onerror: (event) => {
    event.target.parentElement.className = "shot shot-empty";
    event.target.parentElement.replaceChildren("file missing");
  } });
}

function crop(picture, src, size, region) {
  const most = 1.4 / (scaleOf.get(picture.viewport) ?? 1);
  const zoom = clamp(Math.min(CROP.width * 0.62 / region.w, CROP.height * 0.62 / region.h), CROP.width / size.width, Math.max(most, CROP.width / size.width));
  const place = (middle, whole, box) => (whole * zoom <= box ? 0 : clamp(box / 2 - middle * zoom, box - whole * zoom, 0));
  const left = place(region.x + region.w / 2, size.width, CROP.width), top = place(region.y + region.h / 2, size.height, CROP.height);
  const px = (value) => `${value.toFixed(1)}px`;
  return make("span.shot", {},
    shotImage(picture, src, { left: px(left), top: px(top), width: px(size.width * zoom), height: px(size.height * zoom) }),
    make("i.spot", { style: { left: px(left + region.x * zoom - 4), top: px(top + region.y * zoom - 4), width: px(region.w * zoom + 8), height: px(region.h * zoom + 8) } }));
}

function loadPassed() {
  list.hurried = false;
  for (const img of id("rows").querySelectorAll("img[data-src]")) {
    img.src = img.dataset.src;
    img.removeAttribute("data-src");
  }
}

// Puts the keyboard on the picture at `index` of the list, scrolling no more than needed.
function focusRow(index) {
  if (list.pictures.length === 0) return;
  list.current = clamp(index, 0, list.pictures.length - 1);
  const at = list.items.findIndex((item) => item.index === list.current);
  const top = id("rows").getBoundingClientRect().top + list.tops[at];
  const covered = matchMedia("(max-width: 700px)").matches ? 8 : 64 + 30 + (list.items[at - 1]?.kind === "group" ? 52 : 0);
  if (top < covered) scrollBy({ top: top - covered, behavior: "instant" });
  else if (top + list.heights.item > innerHeight - 8) scrollBy({ top: top + list.heights.item - innerHeight + 8, behavior: "instant" });
  paintRows();
  list.rows.get(at)?.querySelector("a").focus({ preventScroll: true });
}

function wakeList() {
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame((now) => {
      waiting = false;
      list.hurried = Math.abs(scrollY - list.seen) > HURRY * Math.max(now - list.seenAt, 1);
      list.seen = scrollY;
      list.seenAt = now;
      paintRows();
      clearTimeout(list.slowing);
      list.slowing = setTimeout(loadPassed, HURRY_ENDS_MS);
    });
  };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon);
  matchMedia("(max-width: 700px)").addEventListener("change", layRows);
}
