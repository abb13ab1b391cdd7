// Reviewing: accept and refuse, where the page was handed out by the review server. From disk there is nobody to ask, and
// none of this shows.
"use strict";

const REVIEW_KEYS = ["Review", [[["y"], "accept this picture"], [["x"], "refuse it"], [["Y", "X"], "accept, refuse its whole group"], [["u"], "undo"], [["r"], "write a reason"]]];
const DECIDED = { accepted: "accepted", refused: "refused" };
const review = run.review === undefined ? null : { token: run.review.token, decided: run.review.decided, busy: false };

function decisionOf(picture) {
  return review?.decided[picture.key];
}

// Pictures of this one's group that nobody decided about.
function openInGroup(picture) {
  const group = run.groups[picture.group - 1];
  return group === undefined ? [] : group.keys.filter((key) => review.decided[key] === undefined);
}

function reviewBar(picture) {
  if (review === null || !picture.look) return null;
  const others = openInGroup(picture).length;
  const button = (act, keys, words, key) => make("button.tool", { type: "button", "data-act": act, onclick: () => decide(act, keys()) }, words, " ", make("kbd", { "aria-hidden": "true" }, key));
  const decided = decisionOf(picture);
  return make("section.review", { "aria-label": "Review" },
    decided !== undefined && make(`p.decided.${decided.decision}`, {}, sentence(DECIDED[decided.decision]), ` by ${decided.who}`, decided.reason && make("bdi", { dir: "auto" }, `: ${decided.reason}`)),
    decided === undefined && make("label.reason", {}, make("span", {}, "Reason, kept beside the baseline"), make("input", { type: "text", id: "reason", autocomplete: "off", maxlength: 500 })),
    make("div.review-acts", {},
      decided === undefined && button("accept", () => [picture.key], "Accept", "y"),
      decided === undefined && button("refuse", () => [picture.key], "Refuse", "x"),
      decided === undefined && others > 1 && button("accept", () => openInGroup(picture), `Accept all ${number(others)} of group ${picture.group}`, "Y"),
      decided === undefined && others > 1 && button("refuse", () => openInGroup(picture), `Refuse all ${number(others)}`, "X"),
      button("undo", () => [], "Undo", "u")));
}

async function decide(act, keys) {
  if (review.busy) return;
  review.busy = true;
  const reason = id("reason")?.value ?? "";
  try {
    const { done, left, decided } = await askServer({ act, keys, reason });
    review.decided = decided;
    const did = { accept: "accepted", refuse: "refused", undo: "taken back" }[act];
    const lines = [done.length === 0 ? `Nothing ${did}` : done.length === 1 ? `${sentence(did)}: ${done[0]}` : `${sentence(did)}: ${plural(done.length, "picture", "pictures")}`];
    lines.push(...left.slice(0, 3).map(([key, why]) => `Left as it is: ${key}: ${why}`));
    if (left.length > 3) lines.push(`and ${plural(left.length - 3, "more picture", "more pictures")} left`);
    say(lines);
  } catch (error) {
    say([`Nothing was changed: ${error.message}`]);
  } finally {
    review.busy = false;
  }
  redrawReviewed();
}

function say(lines) {
  id("said").replaceChildren(...lines.map((line) => make("p", { dir: "auto" }, line)));
  id("said").hidden = false;
}

// What was decided shows at once: in the picture's facts, in the list, in the count.
function redrawReviewed() {
  list.asked = undefined;
  drawList();
  id("review-count").textContent = reviewCount();
  if (open === null) return;
  const drawn = id("picture").querySelector(".review");
  const fresh = reviewBar(open);
  if (drawn !== null && fresh !== null) drawn.replaceWith(fresh);
}

function reviewCount() {
  const decided = Object.values(review.decided);
  const count = (decision) => decided.filter((one) => one.decision === decision).length;
  return `${number(count("accepted"))} accepted, ${number(count("refused"))} refused, ${number(looks - decided.length)} still to look at`;
}

function inReview(key) {
  if (review === null) return null;
  if (key === "u") return () => decide("undo", []);
  if (open === null || !open.look) return null;
  const group = () => openInGroup(open);
  switch (key) {
    case "y": return () => decide("accept", [open.key]);
    case "x": return () => decide("refuse", [open.key]);
    case "Y": return () => decide("accept", group());
    case "X": return () => decide("refuse", group());
    case "r": return () => id("reason")?.focus();
    default: return null;
  }
}

function wakeReview() {
  id("review-count").hidden = review === null;
  if (review !== null) id("review-count").textContent = reviewCount();
}
