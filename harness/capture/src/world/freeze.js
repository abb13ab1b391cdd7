// Freezes the clock and the dice of one document, before any script of the page runs.
// Timers and performance.now() keep running: a page that animates or debounces must still get on.
((settings) => {
  // An empty frame's window is used again for the first page loaded into it; it is frozen already.
  if (window[Symbol.for("harness.capture")]) return;

  const { now, seed } = settings;
  const replace = (object, name, value) =>
    Object.defineProperty(object, name, { ...Object.getOwnPropertyDescriptor(object, name), value });

  // --- Date: a call without arguments means now.
  const RealDate = Date;
  replace(window, "Date", new Proxy(RealDate, {
    construct: (target, given, newTarget) => Reflect.construct(target, given.length > 0 ? given : [now], newTarget),
    apply: () => new RealDate(now).toString(),
  }));
  replace(RealDate, "now", { now: () => now }.now);
  replace(RealDate.prototype, "constructor", window.Date);

  // --- Intl: formatting nothing means formatting now.
  const formats = new WeakMap();
  const prototype = Intl.DateTimeFormat.prototype;
  const format = Object.getOwnPropertyDescriptor(prototype, "format");
  Object.defineProperty(prototype, "format", {
    ...format,
    get() {
      const bound = Reflect.apply(format.get, this, []);
      if (!formats.has(bound)) formats.set(bound, (date) => bound(date === undefined ? now : date));
      return formats.get(bound);
    },
  });
  const { formatToParts } = prototype;
  replace(prototype, "formatToParts", {
    formatToParts(date) {
      return Reflect.apply(formatToParts, this, [date === undefined ? now : date]);
    },
  }.formatToParts);

  // --- Temporal, where there is one.
  if (typeof Temporal === "object") {
    const instant = () => Temporal.Instant.fromEpochMilliseconds(now);
    const zoned = (zone = Temporal.Now.timeZoneId()) => instant().toZonedDateTimeISO(zone);
    replace(Temporal.Now, "instant", instant);
    replace(Temporal.Now, "zonedDateTimeISO", zoned);
    replace(Temporal.Now, "plainDateTimeISO", (zone) => zoned(zone).toPlainDateTime());
    replace(Temporal.Now, "plainDateISO", (zone) => zoned(zone).toPlainDate());
    replace(Temporal.Now, "plainTimeISO", (zone) => zoned(zone).toPlainTime());
  }

  // --- Randomness: two independent sequences of 32-bit numbers (splitmix32), so that drawing one leaves the other.
  const sequence = (start) => {
    let state = start | 0;
    return () => {
      state = (state + 0x9e3779b9) | 0;
      let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return (mixed ^ (mixed >>> 15)) >>> 0;
    };
  };
  const dice = sequence(seed);
  replace(Math, "random", { random: () => dice() / 2 ** 32 }.random);

  // crypto is there for every page, randomUUID only in secure contexts. Keys and nonces stay truly random.
  if (window.crypto?.randomUUID) {
    const draw = sequence(~seed);
    replace(Crypto.prototype, "randomUUID", {
      randomUUID() {
        const digits = Array.from({ length: 4 }, () => draw().toString(16).padStart(8, "0")).join("");
        const variant = "89ab"[parseInt(digits[16], 16) & 3];
        return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
      },
    }.randomUUID);
  }

  // --- Dialogues stop a page until somebody answers; here they are dismissed before they open.
  replace(window, "alert", { alert() {} }.alert);
  replace(window, "confirm", { confirm: () => false }.confirm);
  replace(window, "prompt", { prompt: () => null }.prompt);
  replace(window, "print", { print() {} }.print);

  // --- Further windows would be seen by nobody: they are refused, as pop-ups are.
  replace(window, "open", { open: () => null }.open);
});
