// What a model makes of a moving picture: label, bars, lines over time, heat map, freeze, full screen, large type.
//
// A view watches a source: {element, a <video>; time(), in seconds; frame(longerSide), a promise of a JPEG; live, whether it is a
// camera}. After each frame its root tells "seen" ({blob, time, answer}), so that others may go along.

/** Labels that have a bar and a line; of more these are the most probable ones. */
const SHOWN = 8;
const COLOURS = ["#5891cb", "#ee5f00", "#26a162", "#c8138b", "#5d50f4", "#007496", "#667350", "#db0b13"];
const PATIENCE = 2000;
/** Milliseconds between two heat maps: the bars come first. */
const MAP_PAUSE = 100;
/** Between two paintings of the lines, which hardly move. */
const LINES_PAUSE = 80;
/** Milliseconds between two sentences for screen readers. */
const SPOKEN = 3000;

const LIVE_KEYS = { " ": "freeze", h: "look", f: "full", l: "large", "?": "help" };

/** A probability as everywhere in Poet (system/figures.py). */
function liveShare(share) {
  if (share < 1 && share >= 0.995) return ">99\u00a0%";
  if (share > 0 && share < 0.005) return "<1\u00a0%";
  return `${Math.round(share * 100)}\u00a0%`;
}

/** Write a text where it is another one: what stays the same need not be laid out again. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A name in a sentence, which may be written from right to left. */
const isolatedName = (name) => `\u2068${name}\u2069`;

/** Wait until a <video> shows another frame than now, as long as that is wanted. */
function nextFrame(video, wanted) {
  return new Promise((resolve) => {
    if (video.requestVideoFrameCallback) return video.requestVideoFrameCallback(resolve);
    const look = () => (video.paused && wanted() ? requestAnimationFrame(look) : resolve());
    return requestAnimationFrame(look);
  });
}

class LiveView {
  constructor(root) {
    this.root = root;
    this.turn = 0;
    this.more = {}; // what a source adds to do: name -> function
    this.moreKeys = {};
    this.smoothing = new Smoothing();
    this.chart = new LiveChart(this.part("lines"));
    this.map = Object.assign(new Image(), { alt: "", hidden: true, draggable: false });
    this.part("heat-map").append(this.map);
    this.listeners = new AbortController();
    this.fullScreen = new FullScreen(root, () => this.paintFull(), this.listeners.signal);
    this.asked = this.answered = 0; // frames
    this.large(sessionStorage.getItem("poet-live-large") === "yes");
    this.paintFrozen();
    this.listen();
  }

  part(name) {
    return this.root.querySelector(`.${name}`);
  }

  /** Take what Python sent: run, labels and the order in which they are shown, thresholds or null, side, words. */
  update(data) {
    const known = JSON.stringify(data);
    if (known === this.known) return;
    this.known = known;
    this.data = data;
    this.service?.close();
    this.service = new LiveService(data.run);
    this.looked = "";
    this.forget();
    this.paintBars();
    if (this.source) this.watch(this.source);
  }

  // -- watching

  /** Watch a source until another one is watched, or `stop`. */
  watch(source) {
    this.stop();
    this.source = source;
    this.watching = new AbortController();
    const on = (kind, act) => source.element.addEventListener(kind, act, { signal: this.watching.signal });
    // What is held is told as it is, without what was before.
    on("pause", () => {
      this.paintFrozen();
      this.look(this.turn);
    });
    on("play", () => this.paintFrozen());
    on("seeked", () => source.element.paused && this.look(this.turn));
    on("loadeddata", () => source.element.paused && this.look(this.turn));
    this.root.classList.add("is-watching");
    this.say("Loading the model …");
    this.follow();
    this.paintFrozen();
  }

  stop() {
    this.turn += 1;
    this.watching?.abort();
    this.source = null;
    this.root.classList.remove("is-watching");
    this.forget();
    this.paintFrozen();
  }

  /** Look at one frame after the other; while the server has one, the next is taken. */
  async follow() {
    const turn = ++this.turn;
    let before = Promise.resolve();
    while (turn === this.turn) {
      await nextFrame(this.source.element, () => turn === this.turn);
      if (turn !== this.turn) return;
      const asked = this.look(turn);
      await before;
      before = asked;
    }
  }

  /** Look at the frame that is shown now. */
  async look(turn) {
    const { source, service } = this;
    if (!source) return;
    const place = (this.asked += 1);
    const [time, still, began] = [source.time(), source.element.paused, performance.now()];
    const blob = await source.frame(this.side(source.element)).catch(() => null);
    const answer = blob && (await service.see(blob));
    if (turn !== this.turn || service !== this.service || place < this.answered) return;
    if (answer === null && still && source.element.paused) return this.look(turn); // nothing newer comes
    if (!answer) return;
    this.answered = place; // what was asked before this and comes later is of an older frame
    if (answer.error !== undefined || answer.probabilities.length !== this.data.labels.length) {
      this.say(answer.error ?? "The run has changed: reload the page.");
      await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    } else if (still === source.element.paused) {
      if (still) this.smoothing.reset();
      this.take(answer, time);
      this.blob = blob;
      this.paintMap();
      this.count(performance.now() - began);
      this.root.dispatchEvent(new CustomEvent("seen", { detail: { blob, time, answer } }));
    }
  }

  /** Pixels of a frame's longer side, so that its shorter one is as long as the network's input. */
  side({ videoWidth: width, videoHeight: height }) {
    return Math.ceil((this.data.side * Math.max(width, height)) / Math.max(1, Math.min(width, height)));
  }

  /** Take what the run made of a frame; answers of yes and no are smoothed as 1 and 0. */
  take({ probabilities, unknown, unsure, groups }, time) {
    const said = groups.flatMap(([, share, there]) => [share, Number(there)]);
    const means = this.smoothing.add(time, [...probabilities, Number(unknown), Number(unsure), ...said]);
    const shares = means.slice(0, probabilities.length);
    const rest = means.slice(probabilities.length);
    this.now = {
      shares,
      best: shares.indexOf(Math.max(...shares)),
      unknown: unknown !== null && rest[0] >= 0.5,
      unsure: unsure !== null && rest[1] >= 0.5,
      groups: groups.map(([name], at) => ({ name, share: rest[2 + 2 * at], there: rest[3 + 2 * at] >= 0.5 })),
    };
    if (!this.source.element.paused) this.chart.add(time, shares, this.now.unknown);
    this.paint();
  }

  forget() {
    this.smoothing.reset();
    this.chart.clear();
    Object.assign(this, { now: null, blob: null, times: [] });
    this.clearMap();
    for (const name of ["label", "share", "detail", "groups", "rate"]) this.part(name).textContent = "";
    for (const row of this.root.querySelectorAll(".bar")) this.paintBar(row, null);
  }

  // -- painting

  paint() {
    const { now, data } = this;
    const words = this.words();
    write(this.part("label"), words.label);
    this.part("label").classList.toggle("is-long", words.label.length > 14);
    this.part("label").classList.toggle("is-longer", words.label.length > 28);
    write(this.part("share"), words.share);
    write(this.part("detail"), words.detail);
    const there = now.groups.filter((group) => group.there).map(({ name, share }) => `${isolatedName(name)} ${liveShare(share)}`);
    write(this.part("groups"), now.groups.length ? `Groups: ${there.join(", ") || "none"}` : "");
    if (data.labels.length > SHOWN) this.choose(now.shares);
    for (const row of this.root.querySelectorAll(".bar")) this.paintBar(row, now.shares[row.dataset.label]);
    this.paintLines();
    this.speak([words.label, words.share].filter(Boolean).join(", "));
  }

  paintLines() {
    if (performance.now() < this.linesAt + LINES_PAUSE) return;
    this.linesAt = performance.now();
    this.chart.paint(this.shown.map((label, at) => ({ label, colour: COLOURS[at] })));
  }

  /** What is said large, and below it. */
  words() {
    const { now, data } = this;
    const share = liveShare(now.shares[now.best]);
    const most = `Most probable is ${isolatedName(data.labels[now.best])}, with ${share}.`;
    if (now.unknown) {
      return { label: data.words.unknown, share: "", detail: `It is unlike the training pictures. ${most}` };
    }
    if (data.thresholds) {
      const there = data.order.filter((label) => now.shares[label] >= data.thresholds[label]);
      if (!there.length) return { label: data.words.none, share: "", detail: `None reaches its threshold. ${most}` };
      const only = there.length === 1 ? liveShare(now.shares[there[0]]) : "";
      return { label: there.map((label) => data.labels[label]).join(", "), share: only, detail: "" };
    }
    if (now.unsure) return { label: data.words.unsure, share: "", detail: most };
    return { label: data.labels[now.best], share, detail: "" };
  }

  /** Of many labels show the most probable ones, each in its place as long as it is one of them. */
  choose(shares) {
    const best = shares.map((share, label) => ({ share, label })).sort((one, other) => other.share - one.share);
    const wanted = best.slice(0, SHOWN).map(({ label }) => label);
    const coming = wanted.filter((label) => !this.shown.includes(label));
    const leaving = this.shown.map((label, at) => ({ label, at })).filter(({ label }) => !wanted.includes(label));
    for (const { at } of leaving) this.shown[at] = coming.pop();
    if (leaving.length) this.paintRows();
  }

  paintBars() {
    this.shown = this.data.order.slice(0, SHOWN);
    const { labels, thresholds } = this.data;
    const more = labels.length > SHOWN ? `The ${SHOWN} most probable of ${labels.length} labels. ` : "";
    this.part("more").textContent = more + (thresholds ? "A label is predicted from the mark in its bar on." : "");
    this.paintRows();
  }

  paintRows() {
    this.part("bars").replaceChildren(
      ...this.shown.map((label, at) => {
        const row = this.part("bar-row").content.firstElementChild.cloneNode(true);
        const name = this.data.labels[label];
        row.dataset.label = label;
        row.style.setProperty("--own", COLOURS[at]);
        row.querySelector(".bar-name").textContent = name;
        row.querySelector("button").title = `Heat map: where the model sees ${name}`;
        row.querySelector(".bar-least").hidden = !this.data.thresholds;
        if (this.data.thresholds) row.querySelector(".bar-least").style.left = `${100 * this.data.thresholds[label]}%`;
        this.paintBar(row, this.now?.shares[label] ?? null);
        return row;
      }),
    );
    this.paintLook();
  }

  /** Paint the bar of a label; without a share it is not known yet. */
  paintBar(row, share) {
    row.querySelector(".bar-fill").style.transform = `scaleX(${(share ?? 0).toFixed(3)})`;
    write(row.querySelector(".bar-share"), share === null ? "–" : liveShare(share));
    const least = this.data?.thresholds?.[row.dataset.label];
    const there = least === undefined ? Number(row.dataset.label) === this.now?.best : share >= least;
    row.classList.toggle("is-there", share !== null && there);
  }

  /** Tell how many frames a second, and how long one takes from the camera to the bars. */
  count(milliseconds) {
    const now = performance.now();
    this.times = [...this.times.filter(({ at }) => at > now - 2000), { at: now, milliseconds }];
    if (now < this.counted + 500) return;
    this.counted = now;
    const [first, ...rest] = this.times;
    const rate = (1000 * rest.length) / (now - first.at);
    const sorted = this.times.map((one) => one.milliseconds).sort((one, other) => one - other);
    const middle = Math.round(sorted[sorted.length >> 1]);
    this.part("rate").textContent = this.source.element.paused || !rest.length ? "" : `${Math.round(rate)} a second, ${middle} ms`;
  }

  say(words) {
    this.part("label").textContent = "";
    this.part("share").textContent = "";
    this.part("detail").textContent = words;
  }

  /** Tell screen readers what is seen, when it is another thing, and not too often. */
  speak(words) {
    const now = performance.now();
    if (words === this.spoken || now < this.spokenAt + SPOKEN) return;
    Object.assign(this, { spoken: words, spokenAt: now });
    this.part("announcer").textContent = words;
  }

  // -- heat map

  /** Show the heat map of a label, of the most probable one ("best"), or none (""). */
  lookAt(wanted) {
    this.looked = this.looked === wanted ? "" : wanted;
    if (!this.looked) this.clearMap();
    this.paintLook();
    this.paintMap();
  }

  paintLook() {
    this.part("look").setAttribute("aria-pressed", String(this.looked === "best"));
    for (const row of this.root.querySelectorAll(".bar")) {
      row.querySelector("button").setAttribute("aria-pressed", String(this.looked === row.dataset.label));
    }
  }

  clearMap() {
    this.map.hidden = true;
    this.part("note").hidden = true;
  }

  /** Draw the map of the newest frame, and again once a newer one has come meanwhile. */
  async paintMap() {
    if (this.mapping || !this.looked || !this.now) return;
    this.mapping = true;
    const { turn, service, blob, looked } = this;
    const stale = () => turn !== this.turn || looked !== this.looked || service !== this.service;
    const label = this.data.labels[looked === "best" ? this.now.best : Number(looked)];
    const told = await service.map(blob, label);
    if (told?.blob && !stale()) await this.drawMap(told.blob, stale);
    if (!stale() && told) {
      this.part("note").textContent = told.error ?? mapWords(label);
      this.part("note").hidden = false;
      if (told.error) this.looked = "";
      this.paintLook();
    }
    if (!this.source?.element.paused) await new Promise((resolve) => setTimeout(resolve, MAP_PAUSE));
    this.mapping = false;
    if (stale() || blob !== this.blob) this.paintMap();
  }

  async drawMap(blob, stale) {
    const address = URL.createObjectURL(blob);
    const next = new Image();
    next.src = address;
    await next.decode().catch(() => {});
    if (!stale()) {
      this.map.src = address;
      await this.map.decode().catch(() => {});
    }
    URL.revokeObjectURL(address);
    if (!stale()) this.map.hidden = false;
  }

  // -- what people do

  act(action) {
    if (action === "freeze") this.freeze();
    else if (action === "look") this.lookAt("best");
    else if (action === "full") this.fullScreen.toggle();
    else if (action === "large") this.large(!this.root.classList.contains("is-large"));
    else if (action === "help") this.help();
    else this.more[action]?.();
  }

  /** Hold the picture, and tell what the model makes of exactly this one; or go on. */
  freeze() {
    const video = this.source?.element;
    if (!video) return;
    if (video.paused) video.play().catch(() => {});
    else video.pause();
  }

  paintFrozen() {
    const frozen = Boolean(this.source?.element.paused);
    this.part("freeze").setAttribute("aria-pressed", String(frozen));
    this.part("freeze").disabled = !this.source;
    this.part("look").disabled = !this.source;
    this.part("frozen").hidden = !frozen || !this.source.live;
    if (frozen) this.part("rate").textContent = "";
  }

  large(is) {
    this.root.classList.toggle("is-large", is);
    this.part("larger").setAttribute("aria-pressed", String(is));
    sessionStorage.setItem("poet-live-large", is ? "yes" : "no");
  }

  help() {
    const help = this.part("help");
    help.hidden = !help.hidden;
    (help.hidden ? this.root : help.querySelector("button")).focus({ preventScroll: true });
  }

  paintFull() {
    const full = this.fullScreen.isOn;
    const words = full ? "Leave full screen" : "Full screen";
    this.root.classList.toggle("is-full", full);
    this.part("full").querySelector("use").setAttribute("href", full ? "#l-unfull" : "#l-full");
    this.part("full").setAttribute("aria-label", words);
    this.part("full").title = `${words} (F)`;
    if (full && !this.root.matches(":focus-within")) this.root.focus({ preventScroll: true });
  }

  listen() {
    const on = (target, kind, act) => target.addEventListener(kind, act, { signal: this.listeners.signal });
    on(document, "keydown", (event) => this.onKey(event));
    on(this.root, "click", (event) => {
      const act = event.target.closest("[data-do]")?.dataset.do;
      const row = event.target.closest(".bar");
      if (act) this.act(act);
      else if (row && this.source) this.lookAt(row.dataset.label);
    });
    // The next Space freezes, and does not press the button again.
    on(this.root, "mousedown", (event) => {
      if (!event.target.closest("button, .stage") || event.target.closest(".help")) return;
      event.preventDefault();
      this.root.focus({ preventScroll: true });
    });
  }

  /** Keys are meant for the view when they come from it, or from something that merely surrounds it. */
  isMine(event) {
    const origin = event.composedPath()[0];
    const host = this.root.getRootNode().host ?? this.root;
    const around = origin === document || origin.contains(host) || origin.matches("a[aria-current=page]");
    return event.composedPath().includes(this.root) || this.fullScreen.isOn || around;
  }

  onKey(event) {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const [origin] = event.composedPath();
    if (!this.root.getClientRects().length || !this.isMine(event)) return;
    const open = !this.part("help").hidden;
    if (event.key === "Escape" && (open || this.fullScreen.fillsWindow)) {
      event.preventDefault();
      return open ? this.help() : this.fullScreen.toggle();
    }
    if (open && event.key === "Tab") event.preventDefault(); // there is one button
    if (open && event.key !== "?") return;
    if (origin.matches?.("input, textarea, select") || origin.isContentEditable) return;
    if (event.key === " " && (!this.source || origin.closest?.("button, a"))) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = { ...LIVE_KEYS, ...this.moreKeys }[key];
    if (!action) return;
    event.preventDefault();
    this.act(action);
  }

  close() {
    this.stop();
    this.service?.close();
    this.listeners.abort();
  }
}
