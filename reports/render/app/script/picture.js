// One picture's page: its bar, the stage, and everything known about it.
"use strict";

const SETTLED = {
  matched: "Quiet and equal to its baseline at the first look",
  matched_late: "Still moving at the first look, then quiet and equal to its baseline",
  settled_different: "Quiet, two equal pictures in a row, and different from its baseline",
  settled_new: "Quiet, two equal pictures in a row; there is no baseline to match",
  never_settled: "Never: the time limit came first",
  not_pictured: "No picture was taken",
};

// Where going on from this picture leads: through the list as it is filtered, or through all of it when the picture was
// reached by its address and the filters hide it.
function walk(picture) {
  const through = list.pictures.includes(picture) ? list.pictures : run.pictures;
  const at = through.indexOf(picture);
  return { at, of: through.length, before: through[at - 1], after: through[at + 1] };
}

const viewOf = (picture) => (canCompare(picture) && VIEWS.some(({ name }) => name === shown.view) ? shown.view : "side");
const canCompare = (picture) => picture.images.expected !== undefined && picture.images.actual !== undefined;

function drawPicture(picture) {
  const article = id("picture");
  const drawn = article.dataset.key === picture.key;
  if (!drawn) {
    article.dataset.key = picture.key;
    stage.element = make("div.panes");
    article.replaceChildren(pictureBar(picture), make("div.stage", {}, viewBar(picture), stage.element), facts(picture));
    article.className = `picture v-${picture.verdict}`;
    stage.drawn = null;
    const { after } = walk(picture);
    for (const src of Object.values(after?.images ?? {})) if (src) new Image().src = src;
  }
  const view = viewOf(picture);
  const redrawn = stage.drawn !== view;
  if (redrawn) {
    stage.drawn = view;
    drawStage(picture, view);
    for (const button of article.querySelectorAll(".segments button")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }
  const region = Number(shown.region) || 0;
  if (redrawn || region !== stage.region) {
    stage.region = region;
    for (const button of article.querySelectorAll(".regions button")) {
      if (Number(button.dataset.region) === region) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    article.querySelector('.regions [aria-current="true"]')?.scrollIntoView({ block: "nearest" });
    if (region > 0) goToRegion(region, true);
  }
}

function pictureBar(picture) {
  const { at, of, before, after } = walk(picture);
  const go = (to, sign, words) => make("button.tool", { type: "button", disabled: to === undefined, "aria-label": words, title: words, onclick: () => openPicture(to) }, glyph(sign));
  return make("header.picture-bar", {},
    make("button.tool", { type: "button", onclick: closePicture, "aria-label": "All pictures" }, glyph("back"), make("span.tool-word", {}, "All pictures")),
    make("h1", { id: "picture-title" }, make("span.flow", {}, picture.flow), make("span.slash", {}, "/"), picture.step, " ",
      make("span.who", {}, `seen by ${picture.viewer} on ${picture.viewport}`)),
    verdictMark(picture.verdict),
    make("nav.picture-walk", { "aria-label": "Other pictures" }, make("span", {}, `${number(at + 1)} of ${number(of)}`), go(before, "up", "Previous picture"), go(after, "down", "Next picture"),
      make("button.tool", { type: "button", "aria-haspopup": "dialog", "aria-label": "Keys", onclick: () => id("help").showModal() }, make("kbd", {}, "?"))));
}

function viewBar(picture) {
  const views = make("div.segments", { role: "group", "aria-label": "View" }, ...VIEWS.map(({ name, words, short }, index) =>
    make("button", { type: "button", "data-view": name, "aria-pressed": "false", disabled: !canCompare(picture), title: words, onclick: () => chooseView(name) }, make("span.long", {}, words), make("span.short", {}, short), make("kbd", { "aria-hidden": "true" }, index + 1))));
  const toggle = (name, words, count) => count > 0 && make("label.toggle", {}, make("input", { type: "checkbox", id: `t-${name}`, checked: stage[name], onchange: (event) => {
    stage[name] = event.target.checked;
    stage.element.classList.toggle(`no-${name}`, !stage[name]);
  } }), words);
  const zoom = (factor, sign, words) => make("button.tool", { type: "button", "aria-label": words, title: words, onclick: () => zoomBy(factor) }, sign);
  return make("div.views", {}, canCompare(picture) && views, make("div.stage-tools", {},
    toggle("boxes", "Regions", regionsOf(picture).length), toggle("elements", "Elements", picture.causes.filter((cause) => cause.boxes.length > 0).length), toggle("masks", "Masks", picture.masks.length),
    (picture.images.expected ?? picture.images.actual) !== undefined && make("span.zoom-tools", {}, zoom(1 / ZOOM.step, "−", "Zoom out"), make("span.zoom", { role: "status", "aria-label": "Zoom" }), zoom(ZOOM.step, "+", "Zoom in"), zoom(null, "Fit", "Fit to the pane"))));
}

function facts(picture) {
  return make("aside.facts", { "aria-label": "What is known about this picture", tabindex: 0 },
    sum(picture), reviewBar(picture), causeList(picture), message(picture), errorList(picture), regionList(picture), factList(picture), aboutViewer(picture), maskList(picture));
}

function sum(picture) {
  const { comparison, verdict } = picture;
  const total = picture.comparison ? Math.max(comparison.expected.width * comparison.expected.height, comparison.actual.width * comparison.actual.height) : 0;
  const line = (big, small) => make("p.sum", {}, big, make("small", {}, small));
  if (verdict === "leak") return line("Not for this viewer", "whatever the pixels say");
  if (verdict === "identical") return line("No pixel differs", comparison ? `of ${number(total)}` : "");
  if (picture.accepted) return line("Accepted", `This run made it the baseline${picture.share && picture.pixels > 0 ? `; ${picture.share} differed` : ""}`);
  if (verdict === "new") return line("A new picture", "There is no baseline to compare it with yet");
  if (comparison === undefined) return line(sentence(verdicts.get(verdict).words), "Nothing was compared");
  const gate = `the gate is ${picture.rule ? Number((picture.rule.ratio * 100).toPrecision(3)) : (run.gate * 100).toFixed(1)} %`;
  const counted = line(plural(picture.pixels, "pixel differs", "pixels differ"), `${picture.share} of ${number(total)}; ${gate}`);
  return picture.rows ? make("div", {}, make("p.rows", {}, sentence(picture.rows)), counted) : counted;
}

// What was said, and below it what to type: a message ends with its next command after `help:`.
function message(picture) {
  if (picture.message === undefined) return null;
  const at = picture.message.search(/(^|\n)\s*help:/);
  const said = (at < 0 ? picture.message : picture.message.slice(0, at)).trim();
  const help = at < 0 ? "" : picture.message.slice(at).trim().replace(/^help:\s*/, "");
  const command = commandIn(help);
  const atEnd = command !== undefined && help.replace(/`$/, "").endsWith(command);
  const prose = atEnd ? help.slice(0, help.lastIndexOf(command)).replace(/[\s,;:`]+$/, "") : help;
  return make("div.message", {}, said && make("p", { dir: "auto" }, ...withCode(said)),
    prose && make("p.next", { dir: "auto" }, ...withCode(sentence(prose)), atEnd && ":"),
    command && make("div.command", {}, make("code", { dir: "auto" }, ...wholeWords(command)), make("button.tool", { type: "button", onclick: (event) => copy(command, event.currentTarget) }, "Copy")));
}

// What is to be typed: several words in backquotes (of several such the last, which is the one to end with), else what
// follows a colon and begins as a command does.
function commandIn(help) {
  const quoted = [...help.matchAll(/`([^`\n]*[^`\s]\s[^`\n]*)`/g)].at(-1)?.[1];
  return quoted ?? /(?:^|:\s+)((?:[A-Z][A-Z0-9_]*=\S+|cargo|stack|sudo)\s[^\n]*\S)$/.exec(help)?.[1];
}

// What stands between backquotes, as code.
const withCode = (text) => text.split(/`([^`\n]+)`/).map((part, index) => (index % 2 === 1 ? make("code", {}, part) : part));

// A command breaks between its words only: `-p` must not end a line as `-`.
const wholeWords = (command) => command.split(" ").flatMap((word, index) => (index > 0 ? [" ", make("span.word", {}, word)] : [make("span.word", {}, word)]));

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // A page from disk may not reach the clipboard everywhere; marking the text is the next best.
    getSelection().selectAllChildren(button.previousElementSibling);
    button.textContent = "Marked";
  }
}

// What changed, in words. A cause leads to the first region it touches.
function causeList(picture) {
  if (picture.causes.length === 0) return null;
  const item = ({ text, regions = [] }) => {
    const at = regions.find((region) => region < 200);
    const words = make("bdi", { dir: "auto" }, text);
    return make("li", {}, at === undefined ? words : make("button", { type: "button", title: `Go to region ${at + 1}`, onclick: () => show({ region: String(at + 1) }) }, words));
  };
  const group = run.groups[picture.group - 1];
  const others = group === undefined ? 0 : group.keys.length - 1;
  return make("section", {}, make("h2", {}, "What changed"), make("ul.causes", {}, ...picture.causes.map(item)),
    others > 0 && make("p.alike", {}, make("a", { href: addressOf({ ...EMPTY, group: String(picture.group) }) }, `The same on ${plural(others, "other picture", "other pictures")}`)));
}

// What the page complained of in its console, and requests that failed.
function errorList({ errors: { console: written = [], failed_requests: failed = [], left_out: more = 0 } }) {
  if (written.length + failed.length === 0) return null;
  const item = ({ text, times }) => make("li", {}, make("bdi", { dir: "auto" }, text), times > 1 && make("small", {}, ` ${number(times)} times`));
  const list = (title, errors) => errors.length > 0 && [make("h2", {}, title), make("ul.errors", {}, ...errors.map(item))];
  return make("section", {}, ...[list("Errors in the console", written), list("Failed requests", failed)].flat().filter(Boolean),
    more > 0 && make("p", {}, `and ${number(more)} more, of other kinds`));
}

function regionList(picture) {
  const regions = regionsOf(picture);
  if (regions.length === 0) return null;
  return make("section", {}, make("h2", {}, plural(regions.length, "region ", "regions "), make("small", {}, "largest first")),
    make("ol.regions", {}, ...regions.slice(0, 200).map((region, index) => make("li", {},
      make("button", { type: "button", "data-region": index + 1, onclick: () => show({ region: String(index + 1) }) },
        make("b", {}, index + 1), make("span", {}, `${region.w}×${region.h} at ${region.x},${region.y}`), make("span", {}, `${number(region.pixels)} px`))))),
    regions.length > 200 && make("p", {}, `${number(regions.length - 200)} more stand in run.json`));
}

function factList(picture) {
  const { comparison } = picture;
  const resized = comparison && (comparison.expected.width !== comparison.actual.width || comparison.expected.height !== comparison.actual.height);
  const fact = (name, value) => value && [make("dt", {}, name), make("dd", {}, value)];
  const address = /^https?:\/\//i.test(picture.url) ? make("a", { href: picture.url, rel: "noreferrer noopener", target: "_blank" }, make("bdi", {}, picture.url)) : make("bdi", {}, picture.url);
  return make("section", {}, make("h2", {}, "How it was taken"), make("dl", {}, ...[
    fact("Size", comparison && (resized ? `${sizeWords(comparison.expected)} → ${sizeWords(comparison.actual)}` : sizeWords(comparison.actual))),
    fact("Similarity", comparison?.similarity != null && `${comparison.similarity.toFixed(3)} (SSIM, 1 is equal)`),
    fact("Settled", SETTLED[picture.settled]),
    picture.rule && fact("Judged by", `threshold ${picture.rule.threshold}, at most ${Number((picture.rule.ratio * 100).toPrecision(3))} %${picture.rule.gate === "regions" ? ", any change that stands together fails" : ""}: ${picture.rule.reason}`),
    picture.attempts.length > 0 && fact("Attempts", `${picture.attempts.map(({ verdict }) => verdicts.get(verdict).words).join(", then ")}${picture.allowed ? "; this run allowed it" : ""}`),
    fact("Retries", picture.retries === 0 ? "none" : plural(picture.retries, "time taken again", "times taken again")),
    fact("Time", `${number(picture.ms)} ms`),
    fact("Address", picture.url && address),
    fact("Name", make("code", {}, picture.key)),
  ].flat().filter(Boolean)));
}

// What is known of who looked: for a persona its last day, so that what it did explains what its pages show.
function aboutViewer(picture) {
  const told = run.viewers[picture.viewer];
  const same = equalTo(picture);
  if (told === undefined && same === null) return null;
  return make("section", {}, make("h2", {}, `About ${picture.viewer}`),
    ...(told ?? "").split("\n").filter(Boolean).map((line) => make("p.about", { dir: "auto" }, line)),
    same !== null && make("p.about", {}, "Sees the same here, to the pixel, as ", make("a", { href: pictureAddress(same) }, same.viewer)));
}

const MASK_WORDS = { ignored: ", visible and not compared", placeholder: ", a box of fixed size" };

function maskList(picture) {
  if (picture.masks.length === 0) return null;
  return make("section", {}, make("h2", {}, plural(picture.masks.length, "mask", "masks")), make("ul.masks", {}, ...picture.masks.map((mask) =>
    make("li", {}, make("code", {}, mask.selector), " ",
      mask.boxes.length > 0 ? make("small", {}, `${plural(mask.boxes.length, "box", "boxes")}${MASK_WORDS[mask.kind] ?? ""}`) : make("small.dead", {}, "matched nothing")))));
}

const openPicture = (picture) => picture && show({ p: picture.key, region: "" });
const closePicture = () => show({ p: "", region: "" });

function stepRegion(by) {
  const count = Math.min(regionsOf(stage.picture).length, 200);
  if (count > 0) show({ region: String(((Number(shown.region) || (by > 0 ? 0 : 1)) - 1 + by + count) % count + 1) });
}
