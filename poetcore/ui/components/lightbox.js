// The light-box: a picture as large as the window and what is known of it, opened from a card of a gallery. It leafs through
// all pictures of the list without asking Python, and closes to the card of the picture that was looked at last.

const LEAVES = { previous: -1, next: 1 };
const AHEAD = 3;
const BEHIND = 2;
const PANNED = 60; // pixels
const DRAWN_ANEW = 10000; // milliseconds in which a gallery that was taken off the page stands there again

const LIGHTBOX_KEYS = {
  ArrowRight: "next", ArrowLeft: "previous", PageDown: "next", PageUp: "previous", Home: "first", End: "last",
  "+": "in", "=": "in", "-": "out", 0: "fit", "?": "help", Escape: "escape",
};
const PANS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [1, 0], ArrowRight: [-1, 0] };

const KEY_WORDS = [
  ["← →", "previous and next picture"],
  ["Home End", "first and last picture"],
  ["+ − 0", "zoom in, out, whole picture; also by wheel, double-click or two fingers"],
  ["Shift + arrows", "move an enlarged picture; also by dragging"],
  ["?", "these keys"],
  ["Esc", "close"],
];

class LightBox {
  /**
   * Classes of panels, each made as `new Panel(box)` and placed beside the picture. A panel has `element`; `offered(about)`,
   * whether it is shown; `show(item, about)`, called at each picture, which must not block; and, if it likes, `overlay`, an
   * element that is laid over the picture and follows it, `tool`, a button above it, which is in reach where the panel is below
   * the picture, and `keys`, a list of {key, words, act(item)}. What `kept()` returns
   * goes to `resume(kept)` of the panel that follows it where the gallery is drawn anew.
   */
  static panels = [];

  /** What was looked at when its gallery was taken off the page, by what tells the gallery from others. */
  static interrupted = new Map();

  /** The picture that was looked at last, of which gallery. */
  static last = {};

  /** `own` are panels that only this gallery has, before those of all. */
  constructor(dialog, grid, own = []) {
    this.dialog = dialog;
    this.grid = grid;
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    this.zoom = new Zoom();
    const leaf = (step) => this.go(this.item.number + step);
    this.stages = [...dialog.querySelectorAll(".stage")].map((root) => new Stage(root, this.zoom, signal, leaf));
    this.facts = new Facts(dialog);
    this.panels = [...own, ...LightBox.panels.map((Panel) => new Panel(this))];
    for (const { element, overlay, tool } of this.panels) {
      this.part("panels").append(element);
      if (tool) this.part("spacer").after(tool);
      if (overlay) this.stages[0].frame.append(overlay);
    }
    const paintZoom = this.zoom.paint.bind(this.zoom);
    this.zoom.paint = () => {
      paintZoom();
      this.part("scale").textContent = `${this.zoom.scale.toFixed(this.zoom.isClose ? 1 : 0)}×`;
    };
    this.listen(signal);
  }

  part(name) {
    return this.dialog.querySelector(`.${name}`);
  }

  get isOpen() {
    return this.dialog.open;
  }

  /**
   * Take what Python sent: the pictures, of which model they are, and what tells the gallery from others. Whoever looks at one
   * goes on looking at it.
   */
  update({ deck, about, gallery }) {
    Object.assign(this, { about, gallery });
    this.deck = new Deck(deck);
    this.offered = this.panels.filter((panel) => panel.offered(about));
    for (const panel of this.panels) {
      panel.element.hidden = !this.offered.includes(panel);
      if (panel.tool) panel.tool.hidden = panel.element.hidden;
    }
    if (this.returning !== undefined) this.focusCard();
    if (!this.isOpen) {
      this.resume();
      if (!this.isOpen) this.refocus();
      return;
    }
    const now = this.wanted ?? this.deck.find(this.item);
    if (!this.deck.total) this.close();
    else this.go(now < 0 ? Math.min(this.item.number, this.deck.total - 1) : now);
  }

  // -- opening and closing

  open(number) {
    if (!this.deck.has(number)) return;
    this.dialog.showModal();
    this.dialog.focus();
    this.zoom.fit();
    this.go(number);
  }

  /**
   * Go on where the light-box of this gallery was: Streamlit takes a gallery away and draws it anew where something above it
   * comes or goes, as the notice of a training that ends.
   */
  resume() {
    const { item, zoom, kept, until } = LightBox.interrupted.get(this.gallery) ?? {};
    LightBox.interrupted.delete(this.gallery);
    const at = item && Date.now() < until ? this.deck.find(item) : -1;
    if (at < 0) return;
    this.open(at);
    this.zoom.to(zoom);
    for (const panel of this.offered) panel.resume?.(kept.get(panel.constructor));
  }

  interrupt() {
    const { item, zoom: { scale, x, y } } = this;
    const kept = new Map(this.offered.map((panel) => [panel.constructor, panel.kept?.()]));
    LightBox.interrupted.set(this.gallery, { item, zoom: { scale, x, y }, kept, until: Date.now() + DRAWN_ANEW });
  }

  /** Close, and bring the focus to the picture's card; it may be on another page of the gallery. */
  close() {
    if (!this.isOpen) return;
    this.part("keys").hidden = true;
    this.part("heard").textContent = "";
    this.dialog.close();
    this.facts.close();
    this.returning = this.item.number;
    LightBox.last = { gallery: this.gallery, item: this.item, until: Date.now() + DRAWN_ANEW };
    if (!this.focusCard()) this.send("left", { at: this.returning, when: Date.now() });
  }

  /** Focus the card of the picture that was looked at last; false where it is not on this page. */
  focusCard() {
    const figure = [...this.grid.querySelectorAll("figure")].find(({ dataset }) => Number(dataset.at) === this.returning);
    if (!figure) return false;
    this.returning = undefined;
    figure.querySelector("a").focus({ preventScroll: true });
    figure.scrollIntoView({ block: "nearest", behavior: "instant" });
    return true;
  }

  /** A review has the page drawn anew once it is over: the card that had the focus may be gone with it, and stand there again. */
  refocus() {
    const { gallery, item, until } = LightBox.last;
    if (gallery !== this.gallery || Date.now() > until || document.activeElement !== document.body) return;
    const at = this.deck.find(item);
    if (at < 0) return;
    this.returning = at;
    this.focusCard();
  }

  // -- leafing

  /** Show a picture of the list by its number; beyond what was sent, Python sends more. */
  go(number) {
    const wanted = Math.max(0, Math.min(this.deck.total - 1, number));
    if (!this.deck.has(wanted)) {
      this.wanted = wanted;
      this.send("left", { at: wanted, when: Date.now() });
      return;
    }
    this.wanted = undefined;
    const item = this.deck.at(wanted);
    const another = !this.item || item.sha !== this.item.sha || item.path !== this.item.path;
    this.item = item;
    if (another) this.zoom.fit();
    this.paint();
  }

  paint() {
    const { item } = this;
    const [stage, other] = this.stages;
    other.root.hidden = !item.other;
    this.dialog.classList.toggle("is-pair", Boolean(item.other));
    stage.show(item.sha, item.title);
    if (item.other) other.show(item.other.sha, item.other.title);
    this.preload();
    this.part("place").textContent = this.placeWords();
    for (const [name, step] of Object.entries(LEAVES)) {
      this.dialog.querySelector(`[data-do=${name}]`).disabled = item.number + step < 0 || item.number + step >= this.deck.total;
    }
    this.paintWords();
    this.facts.show(item);
    for (const panel of this.offered) panel.show(item, this.about);
    this.say(`Picture ${this.placeWords()}. ${this.spoken()}`);
  }

  /** Tell a screen reader. */
  say(words) {
    this.part("heard").textContent = words;
  }

  placeWords() {
    return `${(this.item.number + 1).toLocaleString("en")} of ${this.deck.total.toLocaleString("en")}`;
  }

  preload() {
    const { number } = this.item;
    const around = Array.from({ length: AHEAD + BEHIND + 1 }, (_, place) => number + place - BEHIND)
      .filter((place) => this.deck.has(place))
      .map((place) => this.deck.at(place));
    this.stages[0].keep(around.map(({ sha }) => sha));
    if (this.item.other) this.stages[1].keep(around.flatMap(({ other }) => (other ? [other.sha] : [])));
  }

  paintWords() {
    const { item } = this;
    this.part("name").textContent = item.other ? `${item.title} | ${item.other.title}` : item.title;
    this.part("truths").replaceChildren(...this.labelRows(item));
    this.part("shares").replaceChildren(...item.top.map((row) => this.share(row)));
    this.part("lines").replaceChildren(...item.lines.map((line) => element("p", "", line)));
    this.part("copy").hidden = !item.path;
    this.part("copy").textContent = "Copy the path";
  }

  labelRows({ true: truth, predicted, other }) {
    if (other && !predicted) return [];
    const right = truth === predicted;
    const rows = predicted
      ? [["Predicted label", predicted, truth ? (right ? " ✓ right" : " ✗ wrong") : ""], ["True label", truth, ""]]
      : [["Label", truth, ""]];
    return rows
      .filter(([, value]) => value)
      .flatMap(([name, value, mark]) => {
        const cell = element("dd", "", value);
        if (mark) cell.append(element("span", right ? "verdict right" : "verdict wrong", mark));
        return [element("dt", "", name), cell];
      });
  }

  share([label, share, words]) {
    const row = element("div", "share");
    const bar = element("i", "");
    bar.style.width = `${100 * share}%`;
    row.append(bar, element("span", "", label), element("b", "", words));
    return row;
  }

  spoken() {
    const { true: truth, predicted, top, title, other, name } = this.item;
    const words = [];
    if (predicted) words.push(`Predicted label ${predicted}${top.length ? `, ${top[0][2]}` : ""}.`);
    if (truth) words.push(`${predicted ? "True label" : "Label"} ${truth}.`);
    if (!words.length) words.push(`${title}.`);
    if (other) words.push(`Beside it ${other.title}${other.true ? `, label ${other.true}` : ""}.`);
    if (name) words.push(`File ${name}.`);
    return words.join(" ");
  }

  // -- what people do

  listen(signal) {
    const on = (target, type, act) => target.addEventListener(type, act, { signal });
    on(this.grid, "click", (event) => this.openBy(event));
    on(this.grid, "keydown", (event) => {
      if ([" ", "o", "O"].includes(event.key) && event.target.matches("a")) this.openBy(event);
    });
    on(this.dialog, "keydown", (event) => this.key(event));
    on(this.dialog, "click", (event) => this.click(event));
    // The back gesture of a phone.
    on(this.dialog, "cancel", (event) => {
      event.preventDefault();
      this.act("escape");
    });
  }

  openBy(event) {
    const card = event.target.closest("figure a");
    if (!card || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.open(Number(card.closest("figure").dataset.at));
  }

  click(event) {
    const name = event.target.closest("[data-do]")?.dataset.do;
    if (name) this.act(name);
  }

  key(event) {
    // Nothing behind gets it: Streamlit has keys of its own.
    event.stopPropagation();
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.composedPath()[0];
    const typing = target.matches("input:not([type=checkbox], [type=radio], [type=button]), textarea, select");
    if (typing && event.key !== "Escape") return;
    if (!this.part("keys").hidden && !["Escape", "?"].includes(event.key)) return;
    if (event.shiftKey && event.key in PANS) {
      event.preventDefault();
      this.zoom.pan(...PANS[event.key].map((way) => way * PANNED));
      return;
    }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const own = this.offered.flatMap(({ keys }) => keys ?? []).find((one) => one.key === key);
    const action = LIGHTBOX_KEYS[event.key];
    if (!own && !action) return;
    event.preventDefault();
    if (event.repeat && !(action in LEAVES)) return;
    if (own) own.act(this.item);
    else this.act(action);
  }

  act(name) {
    const { number } = this.item;
    if (name in LEAVES) this.go(number + LEAVES[name]);
    else if (name === "first") this.go(0);
    else if (name === "last") this.go(this.deck.total - 1);
    else if (name === "in") this.zoom.by(STEP);
    else if (name === "out") this.zoom.by(1 / STEP);
    else if (name === "fit") this.zoom.fit();
    else if (name === "help") this.help(this.part("keys").hidden);
    else if (name === "copy") this.copy();
    else if (name === "escape" && !this.part("keys").hidden) this.help(false);
    else this.close();
  }

  help(wanted) {
    const keys = this.part("keys");
    keys.hidden = !wanted;
    const own = this.offered.flatMap((panel) => panel.keys ?? []).map(({ key, words }) => [key.toUpperCase(), words]);
    const rows = [...KEY_WORDS.slice(0, -2), ...own, ...KEY_WORDS.slice(-2)];
    keys.querySelector("dl").replaceChildren(
      ...rows.flatMap(([key, words]) => [element("dt", "", key), element("dd", "", words)]),
    );
    (wanted ? keys.querySelector("button") : this.dialog).focus();
  }

  /** Copy the path; where the browser gives no clipboard, which it does only over https and to this computer, by selecting it. */
  async copy() {
    const { path } = this.item;
    let done = true;
    try {
      await navigator.clipboard.writeText(path);
    } catch {
      const field = Object.assign(element("textarea", "unseen", path), { readOnly: true });
      this.dialog.append(field);
      field.select();
      done = document.execCommand("copy");
      field.remove();
    }
    this.part("copy").textContent = done ? "Copied" : "The browser does not let it be copied";
    this.say(this.part("copy").textContent);
    this.part("copy").focus();
  }

  destroy() {
    if (this.isOpen) this.interrupt();
    this.listeners.abort();
    this.stages.forEach((stage) => stage.close());
    this.facts.close();
    this.panels.forEach((panel) => panel.close?.());
    if (this.isOpen) this.dialog.close();
  }
}
