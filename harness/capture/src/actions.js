({ deed, selector, budget }) => new Promise((resolve) => {
  const end = performance.now() + budget;
  const visible = () => [...document.querySelectorAll(selector)]
    .find((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
  const act = (element) => {
    if (deed === "click") {
      // Answered first: what a click leads to may take this document away.
      setTimeout(() => element.click(), 0);
    } else if (deed === "focus") {
      element.focus();
      element.select?.();
    }
    resolve("done");
  };
  const look = () => {
    const element = visible();
    if (element) return act(element);
    if (performance.now() >= end) return resolve("missing");
    requestAnimationFrame(look);
  };
  try {
    look();
  } catch {
    resolve("invalid");
  }
})
