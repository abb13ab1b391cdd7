// What is shown, kept in the address after `#`, so that a view can be sent to somebody, reloaded, and left by going back.
"use strict";

const EMPTY = Object.freeze({ verdict: "", viewer: "", viewport: "", flow: "", q: "", group: "", p: "", view: "", region: "" });
const FILTERS = ["verdict", "viewer", "viewport", "flow", "q", "group"];

let shown = readAddress();

function readAddress() {
  const found = { ...EMPTY };
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    if (name in found) found[name] = value;
  }
  return found;
}

function addressOf(state) {
  const parts = Object.keys(EMPTY)
    .filter((name) => state[name] !== "")
    .map((name) => `${name}=${encodeURIComponent(state[name]).replaceAll("%2F", "/")}`);
  return `#${parts.join("&")}`;
}

// A picture opened, or another one, is a step that going back undoes; a filter or a view is not.
function show(change) {
  const next = { ...shown, ...change };
  const step = next.p !== shown.p;
  shown = next;
  history[step ? "pushState" : "replaceState"](null, "", addressOf(next));
  render();
}

const pictureAddress = (picture) => addressOf({ ...shown, p: picture.key, region: "" });
const isFiltered = () => FILTERS.some((name) => shown[name] !== "");
const toggleFilter = (change) => {
  const same = Object.entries(change).every(([name, value]) => shown[name] === value);
  show(same ? Object.fromEntries(Object.keys(change).map((name) => [name, ""])) : change);
};
