// A gallery whose pictures can be ticked. Ticks stay in the browser; Python hears of them only with what is to be done.

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

class Picker {
  constructor(root) {
    this.root = root;
    this.ticked = new Map(); // path -> card, also of pages that are not shown
    this.everything = false;
    this.leaving = new AbortController();
    this.listen();
  }

  part(name) {
    return this.root.querySelector(`.${name}`);
  }

  /** Take what Python sent: another page keeps the ticks, another set of pictures begins without. */
  update(data, tell) {
    this.tell = tell;
    const words = JSON.stringify(data);
    if (words === this.words) return;
    if (data.set !== this.data?.set) this.forget();
    this.words = words;
    this.data = data;
    this.last = undefined;
    this.part("poet-grid").replaceChildren(...data.cards.map((card, index) => this.figure(card, index)));
    this.paint();
  }

  forget() {
    this.ticked.clear();
    this.everything = false;
  }

  // -- painting

  figure(card, index) {
    const figure = element("figure", card.planned ? "is-planned" : "");
    const link = element("a", "");
    Object.assign(link, { href: card.full, target: "_blank", rel: "noopener", title: "Open the full picture" });
    const image = element("img", "");
    Object.assign(image, { loading: "lazy", src: card.thumbnail, alt: card.title });
    link.append(image);
    const tick = element("label", "tick");
    const box = element("input", "box");
    Object.assign(box, { type: "checkbox", ariaLabel: `Tick ${card.name}` });
    box.dataset.index = index;
    tick.append(box);
    figure.append(link, tick, this.caption(card));
    if (card.planned) figure.append(element("div", "planned", card.planned));
    return figure;
  }

  caption(card) {
    const words = { right: "✓ right", wrong: "✗ wrong" }[card.mark];
    const caption = element("figcaption", "");
    if (words) caption.append(element("div", `mark ${card.mark}`, words));
    const title = element("div", "title", card.title);
    title.title = card.title;
    caption.append(title, ...card.lines.map((line) => Object.assign(element("div", "line", line), { title: line })));
    for (const [label, share] of card.bars) {
      const bar = element("div", "bar");
      bar.title = `${label} ${(100 * share).toFixed(1)}%`;
      const fill = element("i", "");
      fill.style.width = `${100 * share}%`;
      bar.append(fill, element("span", "", label), element("b", "", `${Math.round(100 * share)}%`));
      caption.append(bar);
    }
    return caption;
  }

  paint() {
    const { cards, total } = this.data;
    const figures = this.part("poet-grid").children;
    cards.forEach((card, index) => {
      const on = this.everything || this.ticked.has(card.path);
      figures[index].classList.toggle("is-ticked", on);
      figures[index].querySelector(".box").checked = on;
    });
    const here = cards.filter((card) => this.ticked.has(card.path)).length;
    const number = this.everything ? total : this.ticked.size;
    const every = this.part("every");
    every.checked = this.everything || (here > 0 && here === cards.length);
    every.indeterminate = !every.checked && number > 0;
    every.ariaLabel = "Tick all on this page";
    this.part("count").textContent = number ? `${number} ticked` : "Tick pictures to repair them";
    const more = this.part("more");
    more.hidden = this.everything || !every.checked || total <= cards.length;
    more.textContent = `Tick all ${total}`;
    this.part("acts").hidden = !number;
    const suggested = this.everything
      ? this.data.suggested
      : [...this.ticked.values()].filter((card) => card.suggested).length;
    this.part("suggest").hidden = !suggested;
    this.part("suggest").textContent =
      suggested === number ? "Use the suggested label" : `Use the suggested label of ${suggested}`;
    if (!number) this.open(false);
  }

  // -- what people do

  listen() {
    const { signal } = this.leaving;
    const on = (name, type, act) => this.part(name).addEventListener(type, act, { signal });
    on("poet-grid", "click", (event) => this.click(event));
    on("poet-grid", "keydown", (event) => {
      if (event.key === "Enter" && event.target.matches(".box")) event.target.click();
    });
    on("every", "change", (event) => this.tickPage(event.target.checked));
    on("more", "click", () => {
      this.everything = true;
      this.paint();
    });
    on("clear", "click", () => this.clear());
    on("suggest", "click", () => this.act("suggested"));
    on("quarantine", "click", () => this.act("quarantine"));
    on("fine", "click", () => this.act("fine"));
    on("relabel", "click", () => this.open(this.part("labels").hidden));
    on("search", "input", () => this.paintChoices());
    on("search", "keydown", (event) => {
      if (event.key === "Enter") this.part("choices").firstElementChild?.click();
    });
    on("menu", "keydown", (event) => this.steer(event));
    on("choices", "click", (event) => {
      const choice = event.target.closest(".choice");
      if (choice) this.act("relabel", choice.value);
    });
    document.addEventListener(
      "pointerdown",
      (event) => {
        if (!event.composedPath().includes(this.part("menu"))) this.open(false);
      },
      { signal },
    );
  }

  click(event) {
    if (!event.target.matches(".box")) {
      // A label's click comes again as that of its box, without the shift key in some browsers.
      this.shift = event.shiftKey;
      return;
    }
    const index = Number(event.target.dataset.index);
    const on = event.target.checked;
    const from = (event.shiftKey || this.shift) && this.last !== undefined ? this.last : index;
    this.shift = false;
    this.leaveEverything();
    for (let i = Math.min(from, index); i <= Math.max(from, index); i++) this.tick(this.data.cards[i], on);
    this.last = index;
    this.paint();
  }

  tick(card, on) {
    if (on) this.ticked.set(card.path, card);
    else this.ticked.delete(card.path);
  }

  tickPage(on) {
    this.leaveEverything();
    this.data.cards.forEach((card) => this.tick(card, on));
    this.paint();
  }

  /** Without one of them it is no longer everything: what is left is this page. */
  leaveEverything() {
    if (!this.everything) return;
    this.forget();
    this.data.cards.forEach((card) => this.tick(card, true));
  }

  clear() {
    this.forget();
    this.paint();
    this.part("every").focus();
  }

  act(action, label = "") {
    const paths = this.everything ? [] : [...this.ticked.keys()];
    this.tell("act", { action, label, paths, everything: this.everything, set: this.data.set });
    this.open(false);
    this.clear();
  }

  // -- the menu of labels

  open(wanted) {
    const menu = this.part("labels");
    if (menu.hidden !== wanted) return;
    menu.hidden = !wanted;
    this.part("relabel").ariaExpanded = String(wanted);
    if (!wanted) return;
    this.part("search").value = "";
    this.paintChoices();
    menu.style.left = "0px";
    const over = menu.getBoundingClientRect().right - document.documentElement.clientWidth + 20;
    if (over > 0) menu.style.left = `${-over}px`;
    // Not before it is in its place: a browser scrolls the page sideways to a focus outside of it.
    this.part("search").focus();
  }

  paintChoices() {
    const typed = this.part("search").value.trim();
    const folded = typed.toLowerCase();
    const found = this.data.labels.filter((label) => label.toLowerCase().includes(folded));
    const exact = found.filter((label) => label.toLowerCase() === folded);
    const listed = [...exact, ...found.filter((label) => !exact.includes(label))];
    const choices = listed.map((label) => Object.assign(element("button", "choice", label), { value: label }));
    if (typed && !exact.length) {
      choices.push(Object.assign(element("button", "choice", `New label “${typed}”`), { value: typed }));
    }
    choices.forEach((choice) => (choice.type = "button"));
    this.part("choices").replaceChildren(...choices);
  }

  steer(event) {
    if (event.key === "Escape") {
      this.open(false);
      this.part("relabel").focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || this.part("labels").hidden) return;
    event.preventDefault();
    const stops = [this.part("search"), ...this.part("choices").children];
    const at = stops.indexOf(this.root.getRootNode().activeElement);
    stops[Math.max(0, Math.min(stops.length - 1, at + step))].focus();
  }

  close() {
    this.leaving.abort();
  }
}

const pickers = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".picker");
  let picker = pickers.get(parentElement);
  if (picker?.root !== root) {
    picker?.close();
    picker = new Picker(root);
    pickers.set(parentElement, picker);
  }
  picker.update(data, setTriggerValue);
  return () => {
    pickers.get(parentElement)?.close();
    pickers.delete(parentElement);
  };
}
