// A gallery whose pictures can be selected. The selection stays in the browser until something is to be done with it.

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

class Picker {
  constructor(root) {
    this.root = root;
    this.selected = new Map(); // path -> card, also of pages that are not shown
    this.everything = false;
    this.listeners = new AbortController();
    this.listen();
  }

  part(name) {
    return this.root.querySelector(`.${name}`);
  }

  /** Take what Python sent: another page keeps the selection, another set of pictures begins without. */
  update(data, send) {
    this.send = send;
    const received = JSON.stringify(data);
    if (received === this.received) return;
    if (data.set !== this.data?.set) this.deselect();
    this.received = received;
    this.data = data;
    this.last = undefined;
    this.part("poet-grid").replaceChildren(...data.cards.map((card, index) => this.figure(card, index)));
    this.paint();
  }

  deselect() {
    this.selected.clear();
    this.everything = false;
  }

  // -- painting

  /** A card comes as finished HTML, escaped in Python; only its checkbox and its pending change are added. */
  figure(card, index) {
    const template = document.createElement("template");
    template.innerHTML = card.html;
    const figure = template.content.firstElementChild;
    const select = element("label", "select");
    const box = element("input", "box");
    Object.assign(box, { type: "checkbox", ariaLabel: `Select ${card.name}` });
    box.dataset.index = index;
    select.append(box);
    figure.querySelector("a").after(select);
    figure.classList.toggle("is-planned", Boolean(card.planned));
    if (card.planned) figure.append(element("div", "planned", card.planned));
    return figure;
  }

  paint() {
    const { cards, total } = this.data;
    const figures = this.part("poet-grid").children;
    cards.forEach((card, index) => {
      const on = this.everything || this.selected.has(card.path);
      figures[index].classList.toggle("is-selected", on);
      figures[index].querySelector(".box").checked = on;
    });
    const here = cards.filter((card) => this.selected.has(card.path)).length;
    const number = this.everything ? total : this.selected.size;
    const every = this.part("every");
    every.checked = this.everything || (here > 0 && here === cards.length);
    every.indeterminate = !every.checked && number > 0;
    every.ariaLabel = "Select all on this page";
    this.part("count").textContent = number ? `${number} selected` : "Select pictures to repair them";
    const more = this.part("more");
    more.hidden = this.everything || !every.checked || total <= cards.length;
    more.textContent = `Select all ${total}`;
    this.part("acts").hidden = !number;
    const suggested = this.everything
      ? this.data.suggested
      : [...this.selected.values()].filter((card) => card.suggested).length;
    this.part("suggest").hidden = !suggested;
    this.part("suggest").textContent =
      suggested === number ? "Use the suggested label" : `Use the suggested label of ${suggested}`;
    if (!number) this.openMenu(false);
  }

  // -- what people do

  listen() {
    const { signal } = this.listeners;
    const on = (name, type, act) => this.part(name).addEventListener(type, act, { signal });
    on("poet-grid", "click", (event) => this.click(event));
    on("poet-grid", "keydown", (event) => {
      if (event.key === "Enter" && event.target.matches(".box")) event.target.click();
    });
    on("every", "change", (event) => this.selectPage(event.target.checked));
    on("more", "click", () => {
      this.everything = true;
      this.paint();
    });
    on("clear", "click", () => this.clear());
    on("suggest", "click", () => this.act("suggested"));
    on("quarantine", "click", () => this.act("quarantine"));
    on("correct", "click", () => this.act("fine"));
    on("relabel", "click", () => this.openMenu(this.part("labels").hidden));
    on("search", "input", () => this.paintChoices());
    on("search", "keydown", (event) => {
      if (event.key === "Enter") this.part("choices").firstElementChild?.click();
    });
    on("menu", "keydown", (event) => this.moveFocus(event));
    on("choices", "click", (event) => {
      const choice = event.target.closest(".choice");
      if (choice) this.act("relabel", choice.value);
    });
    document.addEventListener(
      "pointerdown",
      (event) => {
        if (!event.composedPath().includes(this.part("menu"))) this.openMenu(false);
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
    this.narrowToPage();
    for (let i = Math.min(from, index); i <= Math.max(from, index); i++) this.select(this.data.cards[i], on);
    this.last = index;
    this.paint();
  }

  select(card, on) {
    if (on) this.selected.set(card.path, card);
    else this.selected.delete(card.path);
  }

  selectPage(on) {
    this.narrowToPage();
    this.data.cards.forEach((card) => this.select(card, on));
    this.paint();
  }

  /** Without one of them it is no longer everything: what is left is this page. */
  narrowToPage() {
    if (!this.everything) return;
    this.deselect();
    this.data.cards.forEach((card) => this.select(card, true));
  }

  clear() {
    this.deselect();
    this.paint();
    this.part("every").focus();
  }

  act(action, label = "") {
    const paths = this.everything ? [] : [...this.selected.keys()];
    this.send("act", { action, label, paths, everything: this.everything, set: this.data.set });
    this.openMenu(false);
    this.clear();
  }

  // -- the menu of labels

  openMenu(wanted) {
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

  moveFocus(event) {
    if (event.key === "Escape") {
      this.openMenu(false);
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
    this.listeners.abort();
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
