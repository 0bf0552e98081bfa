// A gallery whose pictures can be selected. What is selected stays in the browser until something is to be done with it.

class Picker {
  constructor(root) {
    this.root = root;
    this.listeners = new AbortController();
    this.skip = new SkipLink("Skip to the pictures", () => this.enter());
    this.box = new LightBox(root.parentNode.querySelector(".lightbox"), this.part("poet-grid"), [new SelectPanel(this)]);
    this.listen();
  }

  /** Move the focus to the toolbar, from where the pictures follow. */
  enter() {
    const first = this.part("every");
    first.focus({ preventScroll: true });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.root.scrollIntoView({ block: "start", behavior: calm ? "instant" : "smooth" });
  }

  part(name) {
    return this.root.querySelector(`.${name}`);
  }

  /** Take what Python sent: the pictures of a page, and its answer to what was asked for. */
  update(data, send) {
    this.send = this.box.send = send;
    const received = JSON.stringify(data);
    if (received === this.received) return;
    if (data.folder !== this.data?.folder) {
      this.marks = new Marks(data.folder);
      this.cleared = [];
    }
    this.received = received;
    this.data = data;
    this.last = undefined;
    this.take(data.answer);
    this.figures = data.cards.map((card, index) => this.figure(card, index));
    this.part("poet-grid").replaceChildren(...boxesOf(this.figures, data.cards.map((card) => card.group)));
    this.part("poet-grid").classList.toggle("poet-pairs", data.cards.some((card) => card.group));
    this.paint();
    this.box.update(data);
  }

  /** Carry out an answer, once: pictures to select, and those that are done with. */
  take(answer) {
    if (!answer || !this.marks.isNew(answer.id)) return;
    const add = answer.add.map(([path, sha, reason, suggested]) => ({ path, sha, reason, suggested }));
    this.change(add, answer.remove);
  }

  // -- painting

  /** A card comes as finished HTML, escaped in Python; only its checkbox and its pending change are added. */
  figure(card, index) {
    const figure = figureOf(card);
    if (card.selectable) {
      const select = element("label", "select");
      const box = element("input", "box");
      Object.assign(box, { type: "checkbox", ariaLabel: `Select ${card.name}` });
      box.dataset.index = index;
      select.append(box);
      figure.querySelector("a").after(select);
    }
    figure.classList.toggle("is-planned", Boolean(card.planned));
    if (card.planned) figure.append(element("div", "planned", card.planned));
    return figure;
  }

  paint() {
    const { cards, total, only } = this.data;
    const meant = cards.filter((card) => !card.kept);
    cards.forEach((card, index) => {
      const on = this.marks.has(card);
      this.figures[index].classList.toggle("is-selected", on);
      if (card.selectable) this.figures[index].querySelector(".box").checked = on;
    });
    const here = cards.filter((card) => this.marks.has(card)).length;
    const number = this.marks.size;
    const every = this.part("every");
    every.checked = meant.length > 0 && meant.every((card) => this.marks.has(card));
    every.indeterminate = !every.checked && number > 0;
    every.disabled = !meant.length;
    every.ariaLabel = meant.length < cards.length ? "Select all but one of each group on this page" : "Select all on this page";
    this.part("tools").hidden = !cards.length && !number && !this.cleared.length && !only;
    this.part("count").textContent = this.countWords(number, number - here);
    this.part("more").hidden = !every.checked || total <= meant.length || number >= total;
    this.part("more").textContent = `Select all ${total}`;
    this.part("show").hidden = !only && !(number > here);
    this.part("show").textContent = only ? "Show all pictures again" : "Show only the selected";
    // Always there, so that nothing moves when the first picture is selected.
    for (const button of this.part("acts").querySelectorAll(".act")) button.disabled = !number;
    this.part("clear").hidden = !number;
    this.part("undo").hidden = Boolean(number) || !this.cleared.length;
    this.part("undo").textContent = `Select the ${this.cleared.length} again`;
    const suggested = this.marks.count((mark) => mark.suggested);
    this.part("suggest").hidden = !this.data.suggests;
    this.part("suggest").disabled = !suggested;
    this.part("suggest").textContent =
      suggested === number || !suggested ? "Use the suggested label" : `Use the suggested label of ${suggested}`;
    if (!number) this.openMenu(false);
  }

  countWords(number, elsewhere) {
    if (!number) return this.data.cards.length ? "Select pictures to repair them" : "";
    return `${number} selected${elsewhere ? `, ${elsewhere} not shown here` : ""}`;
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
    on("more", "click", () => this.ask("all"));
    on("show", "click", () => this.ask(this.data.only ? "show all" : "show selected"));
    on("clear", "click", () => this.clear());
    on("undo", "click", () => {
      this.change(this.cleared, []);
      this.paint();
    });
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
    // Another tab changed what is selected.
    window.addEventListener(
      "storage",
      (event) => {
        if (this.repainting || !this.marks.isAbout(event.key)) return;
        // There is an event a picture: all that arrive together are painted once.
        this.repainting = setTimeout(() => {
          this.repainting = undefined;
          this.marks.read();
          this.paint();
        });
      },
      { signal },
    );
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
    const range = this.data.cards.slice(Math.min(from, index), Math.max(from, index) + 1);
    this.select(from === index ? range : range.filter((card) => card.selectable), on);
    this.last = index;
  }

  select(cards, on) {
    if (on) this.change(cards, []);
    else this.change([], cards.map((card) => card.path));
    this.paint();
  }

  selectPage(on) {
    const meant = this.data.cards.filter((card) => on ? !card.kept : card.selectable);
    this.select(meant, on);
  }

  change(add, remove) {
    this.marks.change(add, remove);
    this.cleared = [];
  }

  clear() {
    const cleared = this.marks.read().list();
    this.change([], cleared.map(([path]) => path));
    this.cleared = cleared.map(([path, sha, reason, suggested]) => ({ path, sha, reason, suggested }));
    this.paint();
    this.part("undo").focus();
  }

  act(action, label = "") {
    this.openMenu(false);
    this.ask(action, label);
  }

  /** Send a request; what was selected stays so until Python answers that it is pending. */
  ask(action, label = "") {
    const id = `${Date.now()}-${Math.random()}`;
    this.send("act", { id, action, label, marks: this.marks.read().list(), set: this.data.set });
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
    this.skip.close();
    this.box.destroy();
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
