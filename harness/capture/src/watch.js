({ selector, text, budget }) => new Promise((resolve) => {
  const holds = () => [...document.querySelectorAll(selector)].some((element) => element.textContent.includes(text));
  if (holds()) return resolve(true);
  const observer = new MutationObserver(() => holds() && done(true));
  const limit = setTimeout(() => done(false), budget);
  const done = (seen) => {
    observer.disconnect();
    clearTimeout(limit);
    resolve(seen);
  };
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
})
