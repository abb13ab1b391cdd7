// The run as the page holds it, and the small tools every part of the page uses. Texts of the run reach the page through
// `make` only, which sets them as text.
"use strict";

const run = JSON.parse(document.getElementById("run-data").textContent);

// A picture's name tells who saw what; what its data leave out is as with most pictures.
const USUAL = { look: false, accepted: false, allowed: false, attempts: [], pixels: 0, ratio: 0, retries: 0, causes: [], masks: [], errors: {} };
run.pictures = run.pictures.map((told) => {
  const [flow, step, who] = told.key.split("/");
  const at = who.lastIndexOf("-");
  const images = {};
  for (const [which, address] of Object.entries(told.images)) images[which] = address === true ? `pictures/${told.key}.${which}.png` : address;
  const comparison = told.comparison && { ...told.comparison, actual: told.comparison.actual ?? told.comparison.expected, regions: told.comparison.regions ?? [] };
  return { ...USUAL, flow, step, viewer: who.slice(0, at), viewport: who.slice(at + 1), ...told, images, comparison };
});
const verdicts = new Map(run.verdicts.map((verdict) => [verdict.name, verdict]));

const byKey = new Map(run.pictures.map((picture) => [picture.key, picture]));
const looks = run.pictures.filter((picture) => picture.look).length;
const unique = (field) => [...new Set(run.pictures.map((picture) => picture[field]))].sort();
const scaleOf = new Map(run.environment.viewports.map((viewport) => [viewport.name, viewport.scale]));
const viewportRank = (name) => {
  const at = run.environment.viewports.findIndex((viewport) => viewport.name === name);
  return at < 0 ? run.environment.viewports.length : at;
};
const viewers = unique("viewer");
const viewports = unique("viewport").sort((a, b) => viewportRank(a) - viewportRank(b));
const flows = unique("flow");

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const id = (name) => document.getElementById(name);

// `make("a.name", { href, onclick }, ...children)`. A child that is no element becomes text; null and false are left out.
function make(what, attributes = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [property, to] of Object.entries(value)) element.style.setProperty(property, to);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function glyph(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "glyph");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#g-${name}`);
  svg.append(use);
  return svg;
}

const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1);
const number = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, "\u202f");
const plural = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;
const verdictMark = (name) => make(`span.verdict.v-${name}`, {}, glyph(name), sentence(verdicts.get(name).words));
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const span = (ms) => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);
// A message in one line, without the command it ends with.
const inOneLine = (message) => message.replace(/(^|\n)\s*help:[\s\S]*$/, "").trim().split(/\s*\n\s*/).join(" ");
// What a row says of its picture: what changed in words, where that is known.
const noteOf = (picture) => (picture.causes.length > 0 ? picture.causes.map((cause) => cause.text).join(" · ") : picture.message && inOneLine(picture.message));
const regionsOf = (picture) => picture.comparison?.regions ?? [];

// What the search looks through, put together when it is first asked for.
function wordsOf(picture) {
  picture.words ??= `${picture.key} ${verdicts.get(picture.verdict).words} ${picture.url} ${picture.message ?? ""} ${picture.causes.map((cause) => cause.text).join(" ")}`.toLowerCase();
  return picture.words;
}

// How many pictures of a list have which verdict, in the order of verdicts.
function countVerdicts(pictures) {
  const counts = new Map(run.verdicts.map((verdict) => [verdict.name, 0]));
  for (const picture of pictures) counts.set(picture.verdict, counts.get(picture.verdict) + 1);
  return counts;
}
