// The page itself: which view is shown, the keys, the theme, and the start.
"use strict";

const KEYS = [
  ["Everywhere", [[["j", "k"], "next and previous picture"], [["↓", "↑"], "the same in the list"], [["/"], "search"], [["?"], "these keys"], [["Esc"], "back"], [["t"], "light, dark, as the system"]]],
  ["In the list", [[["Enter"], "open the picture"], [["g"], "next group"], [["c"], "clear all filters"]]],
  ["In the matrix", [[["←", "→", "↑", "↓"], "from picture to picture"], [["Enter"], "open it"]]],
  ["In a picture", [[["←", "→"], "previous and next picture"], [["1"], "side by side"], [["2"], "slider; arrow keys move it"], [["3"], "difference"], [["4"], "onion skin"], [["5"], "blink; space pauses"], [["n", "p"], "next and previous region"], [["b"], "regions on and off"], [["e"], "elements on and off"], [["m"], "masks on and off"], [["+", "−"], "zoom in and out"], [["0"], "fit to the pane"]]],
];
const THEMES = ["", "light", "dark"];

let open = null;
let scrolled = 0;

function render() {
  const picture = byKey.get(shown.p) ?? null;
  drawList();
  if (picture === null) showList();
  else showPicture(picture);
}

function showPicture(picture) {
  if (open === null) scrolled = scrollY;
  const entering = open !== picture;
  open = picture;
  id("run").hidden = true;
  id("picture").hidden = false;
  drawPicture(picture);
  if (!entering) return;
  document.title = `${picture.key} · Beholder`;
  scrollTo({ top: 0, behavior: "instant" });
  id("picture").focus({ preventScroll: true });
}

function showList() {
  const from = open;
  open = null;
  clearInterval(stage.timer);
  id("picture").hidden = true;
  id("run").hidden = false;
  if (from === null) return;
  id("picture").dataset.key = "";
  document.title = listTitle;
  scrollTo({ top: scrolled, behavior: "instant" });
  paintRows();
  const at = list.pictures.indexOf(from);
  if (at >= 0) focusRow(at);
}

const listTitle = document.title;

function anywhere(key) {
  switch (key) {
    case "?": return () => id("help").showModal();
    case "/": return () => {
      if (open !== null) closePicture();
      id("q").focus();
      id("q").select();
    };
    case "t": return nextTheme;
    default: return null;
  }
}

function inList(key) {
  switch (key) {
    case "j": case "ArrowDown": return () => focusRow(list.current + 1);
    case "k": case "ArrowUp": return () => focusRow(list.current < 0 ? 0 : list.current - 1);
    case "g": return run.groups.length > 0 ? () => show({ group: String(Number(shown.group) % run.groups.length + 1) }) : null;
    case "c": case "Escape": return isFiltered() ? () => show(Object.fromEntries(FILTERS.map((name) => [name, ""]))) : null;
    default: return null;
  }
}

function inPicture(key) {
  const { before, after } = walk(open);
  const flip = (name) => () => id(`t-${name}`)?.click();
  switch (key) {
    case "j": case "ArrowRight": return () => openPicture(after);
    case "k": case "ArrowLeft": return () => openPicture(before);
    case "1": case "2": case "3": case "4": case "5": return canCompare(open) ? () => chooseView(VIEWS[Number(key) - 1].name) : null;
    case "n": return () => stepRegion(1);
    case "p": return () => stepRegion(-1);
    case "b": return flip("boxes");
    case "e": return flip("elements");
    case "m": return flip("masks");
    case "+": case "=": return () => zoomBy(ZOOM.step);
    case "-": case "−": return () => zoomBy(1 / ZOOM.step);
    case "0": return () => zoomBy(null);
    case " ": return stage.toggleBlink;
    case "Escape": return closePicture;
    default: return null;
  }
}

function chooseView(name) {
  show({ view: name === "side" ? "" : name });
  // The keys that work a view are to work at once: arrows for a border or a dial, the space bar for blinking.
  id("picture").querySelector(".split-handle, .dial :is(input, button)")?.focus({ preventScroll: true });
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || id("help").open) return;
  const { target, key } = event;
  const typing = target.closest("input:not([type=range], [type=checkbox]), select, textarea");
  if (typing) {
    if (key === "Escape") target.blur();
    return;
  }
  const arrow = key.startsWith("Arrow");
  // Arrow keys belong to what has the focus where it understands them: dials, and panes that scroll.
  if (arrow && (target.closest("[role=slider], input[type=range]") || (target.matches(".port, .facts, .crossing, #matrix-table") && target.scrollHeight + target.scrollWidth > target.clientHeight + target.clientWidth))) return;
  if (key === " " && target.closest("button, a, input, [role=slider]")) return;
  const action = anywhere(key) ?? inReview(key) ?? (open === null ? inList(key) : inPicture(key));
  if (!action) return;
  event.preventDefault();
  action();
}

function drawHelp() {
  id("help-keys").replaceChildren(...(review === null ? KEYS : [...KEYS, REVIEW_KEYS]).map(([title, keys]) => make("section", {}, make("h3", {}, title), make("dl", {},
    ...keys.flatMap(([names, words]) => [make("dt", {}, ...names.map((name) => make("kbd", {}, name))), make("dd", {}, words)])))));
}

// The theme is remembered where the browser lets a page from disk remember anything.
function remembered(value) {
  try {
    if (value === undefined) return localStorage.getItem("beholder-theme") ?? "";
    localStorage.setItem("beholder-theme", value);
  } catch {
    // Not remembered, then.
  }
  return "";
}

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  const words = theme || "system";
  id("theme-word").textContent = sentence(words);
  id("theme").setAttribute("aria-label", `Theme: ${words}`);
}

function nextTheme() {
  const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme ?? "") + 1) % THEMES.length];
  remembered(next);
  setTheme(next);
  paintIris(iris.grown);
}

drawOverview();
drawPast();
drawGroups();
wakeMatrix();
wakeReview();
drawFilters();
drawHelp();
id("run").hidden = false;
wakeIris();
wakeList();
setTheme(THEMES.includes(remembered()) ? remembered() : "");
id("theme").addEventListener("click", nextTheme);
id("help-open").addEventListener("click", () => id("help").showModal());
id("help").addEventListener("click", (event) => { if (event.target === id("help")) id("help").close(); });
id("brand").addEventListener("click", (event) => {
  event.preventDefault();
  show(EMPTY);
  scrollTo({ top: 0 });
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  if (open !== null) return id("picture").focus();
  id("list").scrollIntoView();
  focusRow(0);
});
document.addEventListener("keydown", onKey);
addEventListener("hashchange", () => { shown = readAddress(); render(); });
addEventListener("popstate", () => { shown = readAddress(); render(); });
addEventListener("resize", () => {
  if (open === null || !stage.picture) return;
  arrangePanes();
  layZoom();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paintIris(iris.grown));
render();
document.documentElement.dataset.ready = "";
