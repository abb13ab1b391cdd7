// The overview: the iris, the headline, the tally, the table of viewers and viewports, and the world of the run.
"use strict";

const started = new Date(run.started_at);
const startedWords = Number.isNaN(started.valueOf())
  ? run.started_at
  : `${new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short", timeZone: "UTC" }).format(started)} UTC`;

function drawOverview() {
  id("when").replaceChildren(make("time", { datetime: run.started_at }, startedWords));
  drawHeadline();
  drawLedger();
  drawCrossing();
  drawWorld();
}

function drawHeadline() {
  const total = run.pictures.length;
  const headline = id("headline");
  headline.classList.toggle("calm", looks === 0);
  if (total === 0) headline.replaceChildren(make("em", {}, "No picture"), " was taken");
  else if (looks === 0) headline.replaceChildren("Everything is ", make("em", {}, "as it was"));
  else headline.replaceChildren(make("em", {}, number(looks)), ` of ${plural(total, "picture", "pictures")} ${looks === 1 ? "needs" : "need"} a look`);
  if (total === 0) {
    id("subline").textContent = `The run ended after ${run.duration} without one.`;
    return;
  }
  const retried = run.retried > 0 ? `, ${number(run.retried)} of them more than once` : "";
  id("subline").textContent =
    `${plural(total, "picture", "pictures")} taken in ${run.duration}${retried}. ` +
    `Seen by ${plural(viewers.length, "viewer", "viewers")} through ${plural(viewports.length, "viewport", "viewports")}.`;
}

function bar(counts) {
  return [...counts].filter(([, count]) => count > 0).map(([name, count]) => make(`i.v-${name}`, { style: { "--n": count } }));
}

function drawLedger() {
  const counts = countVerdicts(run.pictures);
  id("bar").replaceChildren(...bar(counts));
  id("ledger").replaceChildren(
    ...[...counts].map(([name, count]) =>
      make("li", {},
        make(`button.v-${name}`, {
          type: "button", disabled: count === 0, "data-verdict": name, "aria-pressed": "false",
          onclick: () => toggleFilter({ verdict: name }),
        }, glyph(name), make("span", {}, sentence(verdicts.get(name).words)), make("b", {}, number(count))))),
  );
}

// Viewers down, viewports across: who is touched, and where.
function drawCrossing() {
  id("crossing").hidden = run.pictures.length === 0;
  const cells = new Map();
  for (const picture of run.pictures) {
    for (const place of [`${picture.viewer} ${picture.viewport}`, `${picture.viewer} `, ` ${picture.viewport}`]) {
      if (!cells.has(place)) cells.set(place, []);
      cells.get(place).push(picture);
    }
  }
  const button = (change, label, ...children) =>
    make("button", { type: "button", "aria-pressed": "false", "aria-label": label, "data-filter": JSON.stringify(change), onclick: () => toggleFilter(change) }, ...children);
  const cell = (viewer, viewport) => {
    const pictures = cells.get(`${viewer} ${viewport}`);
    if (pictures === undefined) return make("td", {});
    const worst = pictures.find((picture) => picture.look);
    const count = pictures.filter((picture) => picture.look).length;
    return make("td", {}, button({ viewer, viewport }, `${viewer}, ${viewport}: ${count} of ${pictures.length} need a look`,
      make("span.mini", {}, ...bar(countVerdicts(pictures))),
      make(`span.looks.${worst ? `v-${worst.verdict}` : "calm"}`, {}, worst ? number(count) : "–")));
  };
  id("crossing").replaceChildren(make("table", {},
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Viewer"),
      ...viewports.map((viewport) => make("th", { scope: "col" }, button({ viewer: "", viewport }, `All on ${viewport}`, viewport))))),
    make("tbody", {}, ...viewers.map((viewer) => make("tr", {},
      make("th", { scope: "row" }, button({ viewer, viewport: "" }, `All of ${viewer}`, viewer)),
      ...viewports.map((viewport) => cell(viewer, viewport)))))));
}

function drawWorld() {
  const { base_url, browser, driver, frozen, not_frozen = [] } = run.environment;
  const entry = (name, ...value) => make("div", {}, make("dt", {}, name), ...value.map((part) => make("dd", {}, part)));
  const windows = run.environment.viewports.map(({ name, width, height, scale, mobile }) =>
    `${name} ${width}×${height}${scale === 1 ? "" : ` at ${scale}×`}${mobile ? ", touch" : ""}`);
  const world = [
    base_url && entry("App", make("bdi", {}, base_url)),
    browser && entry("Browser", browser, driver),
    windows.length > 0 && entry("Viewports", ...windows),
  ].filter(Boolean);
  const line = (text) => {
    const at = text.indexOf(" ");
    return at < 0 ? make("li", {}, text) : make("li", {}, make("b", {}, text.slice(0, at)), make("span", {}, text.slice(at)));
  };
  for (const [name, lines] of [["Frozen for every picture", frozen], ["Not frozen: as the browser has it", not_frozen]]) {
    if (lines.length > 0) world.push(make("div.frozen", {}, make("dt", {}, name), make("dd", {}, make("ul", {}, ...lines.map(line)))));
  }
  id("world").replaceChildren(...world);
}

function markOverview() {
  for (const button of id("ledger").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.verdict === shown.verdict));
  }
  for (const button of id("crossing").querySelectorAll("button")) {
    const { viewer, viewport } = JSON.parse(button.dataset.filter);
    button.setAttribute("aria-pressed", String(viewer === shown.viewer && viewport === shown.viewport));
  }
}

// The iris. Fibres stand in the order of names, with a gap between flows; a picture that needs a look breaks out of the
// ring, the farther the more of it differs. It repeats what the list says and is hidden from screen readers.
const iris = { fibres: [], grown: 1 };
// More fibres than this are no more than a ring of hairs: so many are drawn, each for several pictures, and none grows.
const MOST_FIBRES = 1500;

function layIris() {
  const pictures = [...run.pictures].sort((a, b) => (a.key < b.key ? -1 : 1));
  const gap = flows.length > 1 ? Math.min(0.05, 0.9 / flows.length) : 0;
  const step = (2 * Math.PI - gap * flows.length * (flows.length > 1 ? 1 : 0)) / Math.max(pictures.length, 1);
  let angle = -Math.PI / 2 + gap / 2;
  let flow = pictures[0]?.flow;
  iris.fibres = pictures.map((picture, index) => {
    if (picture.flow !== flow) {
      flow = picture.flow;
      angle += gap;
    }
    const at = angle + step / 2;
    angle += step;
    return { picture, at, step, grain: ((index * 2654435761) >>> 8) % 1000 / 1000, look: picture.look };
  });
}

function colourOf(name) {
  const probe = make("i", { style: { color: `var(${name})` } });
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

// How far a picture that needs a look reaches, 0 to 1: a step for each power of ten of its share.
const reach = (picture) => (picture.ratio > 0 ? clamp(1 + Math.log10(Math.min(picture.ratio * 3, 1)) / 5, 0.12, 1) : 0.55);

function paintIris(grown = 1) {
  const canvas = id("iris").querySelector("canvas");
  const size = canvas.clientWidth;
  if (size === 0) return;
  const density = Math.min(devicePixelRatio || 1, 3);
  canvas.width = canvas.height = size * density;
  const pen = canvas.getContext("2d");
  pen.scale(density * size / 312, density * size / 312);
  pen.translate(156, 156);
  const colours = new Map(run.verdicts.map(({ name }) => [name, colourOf(`--v-${name}`)]));
  const pupil = 58, ring = 120, rim = 152;
  const glow = pen.createRadialGradient(0, 0, pupil, 0, 0, ring);
  glow.addColorStop(0, colourOf("--stage"));
  glow.addColorStop(1, colourOf("--sheet"));
  pen.fillStyle = glow;
  pen.beginPath();
  pen.arc(0, 0, ring, 0, 7);
  pen.fill();
  const stroke = (fibre, from, to, width, colour, alpha) => {
    pen.globalAlpha = alpha;
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.beginPath();
    pen.moveTo(Math.cos(fibre.at) * from, Math.sin(fibre.at) * from);
    pen.lineTo(Math.cos(fibre.at) * to, Math.sin(fibre.at) * to);
    pen.stroke();
  };
  // A fibre widens outwards; many of them close to a ring.
  const wedge = (fibre, to, colour, alpha) => {
    const half = clamp(fibre.step * 0.36, 0.0022, 0.045);
    pen.globalAlpha = alpha;
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(0, 0, pupil - 2, fibre.at - half, fibre.at + half);
    pen.arc(0, 0, to, fibre.at + half, fibre.at - half, true);
    pen.fill();
  };
  const wide = (fibre, radius) => fibre.step * radius;
  const calmFibres = iris.fibres.filter((fibre) => !fibre.look);
  const every = Math.ceil(calmFibres.length / MOST_FIBRES);
  for (let index = 0; index < calmFibres.length; index += every) {
    const fibre = calmFibres[index];
    const to = pupil + (ring - pupil) * (0.8 + 0.2 * fibre.grain) * grown;
    wedge(fibre, to, colours.get(fibre.picture.verdict), 0.4 + 0.5 * fibre.grain);
  }
  // The worst last, so that it lies on top.
  const flares = iris.fibres.filter((fibre) => fibre.look).sort((a, b) => reach(a.picture) - reach(b.picture));
  for (const fibre of flares) {
    const to = ring + 6 + (rim - ring - 6) * reach(fibre.picture);
    pen.lineCap = "round";
    stroke(fibre, pupil + 6, pupil + (to - pupil) * grown, clamp(wide(fibre, 110) * 0.8, 1.6, 6), colours.get(fibre.picture.verdict), 1);
    pen.lineCap = "butt";
  }
  pen.globalAlpha = 0.5;
  pen.strokeStyle = colourOf("--iris");
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.arc(0, 0, ring + 1.5, 0, 7);
  pen.stroke();
  pen.globalAlpha = 1;
  pen.fillStyle = "#081110";
  pen.beginPath();
  pen.arc(0, 0, pupil, 0, 7);
  pen.fill();
  const glint = pen.createRadialGradient(29, -37, 0, 29, -37, 8);
  glint.addColorStop(0, "#ffffffee");
  glint.addColorStop(0.55, "#ffffff80");
  glint.addColorStop(1, "#ffffff00");
  pen.fillStyle = glint;
  pen.beginPath();
  pen.arc(29, -37, 8, 0, 7);
  pen.fill();
}

// The picture under the pointer: among those that break out the nearest within a finger's width, else the fibre itself.
function fibreAt(event) {
  const box = id("iris").getBoundingClientRect();
  const x = event.clientX - box.left - box.width / 2, y = event.clientY - box.top - box.height / 2;
  const far = Math.hypot(x, y) * 312 / box.width;
  if (far < 58 || far > 156) return null;
  const off = (fibre) => Math.abs(Math.atan2(Math.sin(fibre.at - Math.atan2(y, x)), Math.cos(fibre.at - Math.atan2(y, x))));
  const nearest = (fibres) => fibres.reduce((best, fibre) => (best === null || off(fibre) < off(best) ? fibre : best), null);
  const flare = nearest(iris.fibres.filter((fibre) => fibre.look));
  if (flare !== null && off(flare) < Math.max(0.05, flare.step / 2)) return flare;
  const plain = far > 122 ? null : nearest(iris.fibres);
  return plain !== null && off(plain) < Math.max(0.03, plain.step) ? plain : null;
}

function wakeIris() {
  const box = id("iris");
  const whisper = box.querySelector(".iris-whisper");
  box.querySelector(".iris-word").append(number(looks || run.pictures.length), make("small", {}, looks ? "to look at" : run.pictures.length ? "all calm" : "pictures"));
  layIris();
  box.addEventListener("pointermove", (event) => {
    const fibre = fibreAt(event);
    box.classList.toggle("over", fibre !== null);
    whisper.hidden = fibre === null;
    if (fibre !== null) whisper.textContent = `${fibre.picture.key}: ${verdicts.get(fibre.picture.verdict).words}`;
  });
  box.addEventListener("pointerleave", () => { whisper.hidden = true; });
  box.addEventListener("click", (event) => {
    const fibre = fibreAt(event);
    if (fibre !== null) show({ p: fibre.picture.key, region: "" });
  });
  new ResizeObserver(() => paintIris(iris.grown)).observe(box);
  iris.grown = 1;
  if (calm.matches || document.hidden || iris.fibres.length > MOST_FIBRES) return;
  const begun = performance.now();
  const grow = (now) => {
    const part = clamp((now - begun) / 700, 0, 1);
    iris.grown = 1 - (1 - part) ** 3;
    paintIris(iris.grown);
    if (part < 1) requestAnimationFrame(grow);
  };
  requestAnimationFrame(grow);
}
