// The matrix: a row for each page, a column for each viewer, and in each cell a mark for each viewport. Viewers who see the
// same, to the pixel, are marked as equal to the first of them.
"use strict";

// In a larger run it is drawn when it is asked for.
const MATRIX_AT_ONCE = 2000;

const matrix = { drawn: false, rows: [] };

function wakeMatrix() {
  const details = id("matrix");
  const pages = new Set(run.pictures.map((picture) => `${picture.flow}/${picture.step}`)).size;
  details.hidden = viewers.length < 2 || pages < 2;
  if (details.hidden) return;
  const equal = run.pictures.filter((picture) => picture.equal !== undefined && equalTo(picture) !== null).length;
  id("matrix-title").replaceChildren(`${plural(pages, "page", "pages")} by ${plural(viewers.length, "viewer", "viewers")}`,
    make("small", {}, equal > 0 ? ` ${plural(equal, "picture equals", "pictures equal")} another viewer's` : ""));
  details.addEventListener("toggle", () => { if (details.open && !matrix.drawn) drawMatrix(); });
  details.open = run.pictures.length <= MATRIX_AT_ONCE;
}

// The first viewer whose picture of this page this one equals; null for the first one itself.
function equalTo(picture) {
  matrix.firsts ??= new Map();
  if (picture.equal === undefined) return null;
  if (matrix.firsts.size === 0) {
    for (const other of [...run.pictures].sort((a, b) => (a.key < b.key ? -1 : 1))) {
      if (other.equal !== undefined && !matrix.firsts.has(other.equal)) matrix.firsts.set(other.equal, other);
    }
  }
  const first = matrix.firsts.get(picture.equal);
  return first === picture ? null : first;
}

function drawMatrix() {
  matrix.drawn = true;
  const pages = new Map();
  for (const picture of run.pictures) {
    const page = `${picture.flow}/${picture.step}`;
    if (!pages.has(page)) pages.set(page, new Map());
    pages.get(page).set(`${picture.viewer} ${picture.viewport}`, picture);
  }
  const names = [...pages.keys()].sort();
  // What a button says is the beginning of its name, so that it can be asked for by voice.
  const filter = (change, words, title) => make("button", { type: "button", title, onclick: () => toggleFilter(change) }, words);
  const head = make("tr", {}, make("th", { scope: "col" }, "Page"),
    ...viewers.map((viewer) => make("th", { scope: "col" }, filter({ viewer, viewport: "" }, viewer, `Show all of ${viewer}`))));
  const body = names.map((name) => {
    const [flow] = name.split("/");
    return make("tr", {}, make("th", { scope: "row" }, filter({ flow }, name, `Show all of ${flow}`)),
      ...viewers.map((viewer) => make("td", {}, ...marksOf(pages.get(name), viewer))));
  });
  matrix.rows = body;
  const table = make("table", {},
    make("caption", {}, `In each cell, from left to right: ${viewports.join(", ")}. `, make("span.mark.equal", { "aria-hidden": "true" }, "←"), " equals the picture of a viewer further left."),
    make("thead", {}, head), make("tbody", {}, ...body));
  table.addEventListener("keydown", walkMatrix);
  id("matrix-table").replaceChildren(table);
  table.querySelector("a.mark")?.setAttribute("tabindex", "0");
}

function marksOf(pictures, viewer) {
  const found = viewports.map((viewport) => pictures.get(`${viewer} ${viewport}`));
  if (found.every((picture) => picture === undefined)) return [];
  return [make("span.marks", {}, ...found.map((picture, at) => {
    if (picture === undefined) return make("span.mark.none", { "aria-hidden": "true" });
    const first = equalTo(picture);
    const equal = first === null ? "" : `, equal to ${first.viewer}'s`;
    const words = `${viewer}, ${viewports[at]}: ${verdicts.get(picture.verdict).words}${equal}`;
    return make(`a.mark.v-${picture.verdict}${picture.look ? ".look" : ""}${first === null ? "" : ".equal"}`, {
      href: pictureAddress(picture), tabindex: "-1", "aria-label": words, title: words, "data-column": viewers.indexOf(viewer) * viewports.length + at,
      onclick: (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        openPicture(picture);
      },
    }, first !== null && !picture.look ? make("span", { "aria-hidden": "true" }, "←") : glyph(picture.verdict));
  }))];
}

// Arrow keys go from mark to mark; only one of them is a stop of the Tab key.
function walkMatrix(event) {
  const mark = event.target.closest("a.mark");
  if (mark === null || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = matrix.rows.indexOf(mark.closest("tr"));
  const marks = (of) => [...matrix.rows[of].querySelectorAll("a.mark")];
  const near = (of) => marks(of).reduce((best, other) => {
    const off = (one) => Math.abs(one.dataset.column - mark.dataset.column);
    return best === null || off(other) < off(best) ? other : best;
  }, null);
  const own = marks(row), at = own.indexOf(mark);
  const to = { ArrowLeft: own[at - 1], ArrowRight: own[at + 1], Home: own[0], End: own.at(-1),
    ArrowUp: row > 0 ? near(row - 1) : undefined, ArrowDown: row + 1 < matrix.rows.length ? near(row + 1) : undefined };
  if (!(event.key in to)) return;
  event.preventDefault();
  const next = to[event.key];
  if (!next) return;
  mark.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
}
