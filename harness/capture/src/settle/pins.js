// Puts what is pinned to the window where it belongs on a picture of the whole page: the window ends somewhere in the
// middle of it, and a bar at the window's lower edge would lie across the content there.

const pinned = new Map();

function unpin() {
  for (const [element, before] of pinned) {
    for (const [name, [value, priority]] of Object.entries(before)) element.style.setProperty(name, value, priority);
  }
  pinned.clear();
}

function pin(element, properties) {
  const names = Object.keys(properties);
  const before = (name) => [element.style.getPropertyValue(name), element.style.getPropertyPriority(name)];
  pinned.set(element, Object.fromEntries(names.map((name) => [name, before(name)])));
  for (const name of names) element.style.setProperty(name, properties[name], "important");
}

// Whether a fixed box keeps to the window's lower edge rather than to its upper one. One that keeps to both (a side bar,
// a backdrop) stays where it is.
function keepsToLowerEdge(element) {
  const { top, bottom, height } = element.getBoundingClientRect();
  return height > 0 && top > 0 && innerHeight - bottom < top;
}

function pinToPage() {
  quietly(() => {
    unpin();
    const below = Math.max(document.documentElement.scrollHeight, innerHeight) - innerHeight;
    if (below <= 0) return;
    for (const root of roots()) {
      for (const element of root.querySelectorAll("*")) {
        const style = getComputedStyle(element);
        if (style.position === "fixed" && element !== layer && keepsToLowerEdge(element)) {
          const [x = "0px", y = "0px"] = style.translate === "none" ? [] : style.translate.split(" ");
          pin(element, { transition: "none", translate: `${x} calc(${y} + ${below}px)` });
        } else if (style.position === "sticky" && style.bottom !== "auto") {
          pin(element, { position: "relative", inset: "auto" });
        }
      }
    }
  });
}
