// The groups: the same change on many pictures, told once, with a few of its pictures to look at. And what the last runs
// say of this one.
"use strict";

// More groups than this are opened on demand.
const GROUPS_AT_FIRST = 12;
const THUMBS = 4;

run.groups.forEach((group, index) => {
  for (const key of group.keys) byKey.get(key).group = index + 1;
});

function drawGroups() {
  const section = id("groups");
  // One picture each: the list says the same in less room.
  section.hidden = run.groups.every((group) => group.keys.length < 2) && run.not_run.length === 0;
  if (section.hidden) return;
  id("groups-title").replaceChildren(plural(run.groups.length, "change", "changes"), make("small", {}, ` on ${plural(looks, "picture", "pictures")}`));
  const cards = run.groups.slice(0, GROUPS_AT_FIRST).map(groupCard);
  const rest = run.groups.length - cards.length;
  const more = rest > 0 && make("li.group-more", {}, make("button.tool", { type: "button", onclick: (event) => {
    const first = run.groups.slice(GROUPS_AT_FIRST).map((group, index) => groupCard(group, GROUPS_AT_FIRST + index));
    event.target.closest("li").replaceWith(...first);
    first[0].querySelector("button").focus();
  } }, `Show ${plural(rest, "more change", "more changes")}`));
  id("group-list").replaceChildren(...cards, ...(more ? [more] : []));
}

function groupCard(group, index) {
  const number_ = String(index + 1);
  return make(`li.group.v-${group.verdict}`, {},
    make("button.group-pick", { type: "button", "data-group": number_, "aria-pressed": "false", onclick: () => pickGroup(number_) },
      verdictMark(group.verdict), make("span.group-number", {}, `group ${number_}`),
      make("bdi.group-what", { dir: "auto" }, group.what), make("span.group-extent", {}, group.extent)),
    make("ul.group-shots", { "aria-label": `Pictures of group ${number_}` }, ...group.keys.slice(0, THUMBS).map((key) => {
      const picture = byKey.get(key);
      return make("li", {}, make("a", { href: addressOf({ ...EMPTY, group: number_, p: key }), onclick: (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        show({ ...EMPTY, group: number_, p: key });
      } }, previews(picture), make("span.group-who", {}, `${picture.viewer}, ${picture.viewport}`, make("span.unseen", {}, `: ${picture.flow}, ${picture.step}`))));
    })));
}

function pickGroup(group) {
  toggleFilter({ group });
  if (shown.group === group) id("list").scrollIntoView({ behavior: calm.matches ? "instant" : "smooth" });
}

function markGroups() {
  for (const button of id("group-list").querySelectorAll("[data-group]")) {
    button.setAttribute("aria-pressed", String(button.dataset.group === shown.group));
  }
  const chosen = run.groups[Number(shown.group) - 1];
  id("group-shown").hidden = chosen === undefined;
  if (chosen !== undefined) id("group-shown").replaceChildren(`Group ${shown.group}: `, make("bdi", { dir: "auto" }, chosen.what));
}

// What is new since the run before, what cannot be relied on, and what takes long.
function drawPast() {
  const { runs, since, flakiest, slowest } = run.past;
  const link = (key) => (byKey.has(key) ? make("a", { href: addressOf({ ...EMPTY, p: key }) }, key) : key);
  const entry = (name, ...lines) => make("div", {}, make("dt", {}, name), ...lines.map((line) => make("dd", {}, ...[line].flat())));
  const told = [];
  if (run.not_run.length > 0) {
    const named = run.not_run.slice(0, 12);
    told.push(make("div.cut-short", {}, make("dt", {}, `The run was cut short: ${plural(run.not_run.length, "picture", "pictures")} not run`),
      make("dd", {}, named.join(", "), run.not_run.length > named.length && ` and ${number(run.not_run.length - named.length)} more, named in run.json`)));
  }
  if (since !== undefined) {
    told.push(entry("Since the run before",
      since.new.length === 0 ? "nothing new to look at" : [`${number(since.new.length)} new to look at: `, link(since.new[0]), since.new.length > 1 && " …"],
      `${number(since.still)} still to look at, ${number(since.gone)} no more`));
  }
  if (flakiest.length > 0) told.push(entry(`Not to be relied on, in ${plural(runs, "run", "runs")}`, ...flakiest.map(([key, times]) => [link(key), ` ${number(times)}×`])));
  if (slowest.length > 0) told.push(entry("Slowest", ...slowest.slice(0, 3).map(([key, ms]) => [link(key), ` ${span(ms)}`])));
  id("past").hidden = told.length === 0;
  id("past-list").replaceChildren(...told);
}
