() => {
  const ELEMENTS_MAX = 5000;

  // The document, its open shadow roots and its frames of the same origin, each with theirs: where masks look too.
  const roots = [];
  const enter = (root, host) => {
    roots.push({ root, host });
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) enter(element.shadowRoot, element);
      if (element.localName === "iframe" || element.localName === "frame") {
        try {
          if (element.contentDocument?.documentElement) enter(element.contentDocument);
        } catch {
          // A frame of another origin keeps to itself.
        }
      }
    }
  };
  enter(document);

  const visible = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const matches = (selector) => roots.reduce((sum, { root }) => sum + root.querySelectorAll(selector).length, 0);
  const quoted = (text) => `"${CSS.escape(text)}"`;
  // An id with a number in it was most likely made for this one visit.
  const lasting = (text) => text && text.length <= 60 && !/\d{2}/.test(text);

  const named = (element) => {
    const names = [];
    const testId = element.getAttribute("data-testid");
    if (testId) names.push(`[data-testid=${quoted(testId)}]`);
    if (lasting(element.id)) names.push(`#${CSS.escape(element.id)}`);
    if (element.name && /^(input|select|textarea|button)$/.test(element.localName)) names.push(`${element.localName}[name=${quoted(element.name)}]`);
    for (const name of element.classList) if (lasting(name)) names.push(`.${CSS.escape(name)}`);
    // Tags of which a page has one, and means it.
    if (["time", "canvas", "video", "form", "main", "output"].includes(element.localName)) names.push(element.localName);
    return names;
  };
  // The shortest name that is this element's alone; else its place among its neighbours.
  const selectorOf = (element, host) => {
    const own = named(element).find((name) => matches(name) === 1);
    if (own) return own;
    const parent = element.parentElement;
    if (!parent) return host ? selectorOf(host, undefined) : element.localName;
    const alike = [...parent.children].filter((child) => child.localName === element.localName);
    const place = alike.length > 1 ? `:nth-of-type(${alike.indexOf(element) + 1})` : "";
    if (parent === element.ownerDocument.body) return `body > ${element.localName}${place}`;
    return `${selectorOf(parent, host)} > ${element.localName}${place}`;
  };

  // 32 bits by FNV-1a.
  const hashed = (text) => {
    let hash = 0x811c9dc5;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    return hash >>> 0;
  };
  const ownText = (element) => [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data).join(" ").trim();
  const drawn = (element) => {
    try {
      return element.localName === "canvas" ? element.toDataURL() : "";
    } catch {
      return ""; // What came from elsewhere may be shown, not read.
    }
  };
  const shows = (element) => [
    ownText(element), element.currentSrc ?? "", drawn(element), element.getAttribute("style") ?? "", element.className?.baseVal ?? element.className,
  ].join("\n");

  const elements = [];
  for (const { root, host } of roots) {
    for (const element of root.querySelectorAll("body *")) {
      if (elements.length === ELEMENTS_MAX) break;
      if (["script", "style", "template"].includes(element.localName) || !visible(element)) continue;
      const { width, height } = element.getBoundingClientRect();
      if (width === 0 || height === 0) continue;
      const text = ownText(element);
      const family = named(element).find((name) => name.startsWith("."));
      const kin = family ? `${element.localName}${family}` : undefined;
      elements.push({
        selector: selectorOf(element, host), family: kin ?? null, kin: kin ? matches(kin) : 1, shows: hashed(shows(element)),
        width: Math.ceil(width), height: Math.ceil(height), text: text.slice(0, 60),
        tells_time: element.localName === "time" || /\b\d{1,2}:\d{2}\b/.test(text),
      });
    }
    for (const element of host ? root.children : []) {
      if (!["script", "style", "template"].includes(element.localName)) elements.push(...inShadow(element, host));
    }
  }

  // What stands in a shadow root is named by its host.
  function inShadow(element, host) {
    const { width, height } = host.getBoundingClientRect();
    if (!visible(element) || width === 0 || height === 0) return [];
    const within = [element, ...element.querySelectorAll("*")];
    return [{
      selector: selectorOf(host), family: null, kin: 1, shows: hashed(within.map(shows).join("\n")),
      width: Math.ceil(width), height: Math.ceil(height), text: ownText(element).slice(0, 60), tells_time: false,
    }];
  }

  const field = [...document.querySelectorAll('input[type="password"]')].find(visible);
  const logIn = () => {
    const form = field.form ?? document;
    const inputs = [...form.querySelectorAll("input")].filter(visible);
    const before = inputs.slice(0, inputs.indexOf(field)).reverse();
    const user = before.find((input) => ["text", "email", "tel"].includes(input.type));
    const submit = [...form.querySelectorAll('button, input[type="submit"]')].find((button) => visible(button) && button.type === "submit");
    return { user: user ? selectorOf(user) : null, password: selectorOf(field), submit: submit ? selectorOf(submit) : null };
  };

  const calm = [...document.querySelectorAll('[aria-busy="false"]')].find(visible);
  return {
    url: location.href,
    kind: document.contentType,
    language: document.documentElement.lang,
    links: [...document.querySelectorAll("a[href]")].filter(visible).map((link) => link.href).slice(0, 2000),
    elements,
    calm: calm ? `${selectorOf(calm)}[aria-busy="false"]` : null,
    log_in: field ? logIn() : null,
  };
}
