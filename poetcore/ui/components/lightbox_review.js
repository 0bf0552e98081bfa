// The panel of the light-box with which pictures are reviewed: who is wrong, the model or the label. One key a verdict, then
// the next picture without one.

const VERDICTS = [
  ["m", "label_correct", "Model wrong"],
  ["l", "label_wrong", "Label wrong"],
  ["a", "ambiguous", "Ambiguous"],
  ["u", "unusable", "Not usable"],
];
const GOES_ON = "poet-review-goes-on";
const NUMBERED = 9;
const FIELDS = ["review-label", "review-comment"];

class ReviewPanel {
  constructor(box) {
    this.box = box;
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    this.element = this.build();
    this.keys = [
      { key: "m", words: "the model is wrong; where both agree, both are right", act: () => this.say("label_correct") },
      { key: "l", words: "the label is wrong: then the right one, by its number or by typing", act: () => this.choose() },
      { key: "a", words: "ambiguous: several labels fit, or none can be told", act: () => this.say("ambiguous") },
      { key: "u", words: "not usable: none of the labels, or nothing to be seen", act: () => this.say("unusable") },
      { key: "c", words: "comment", act: () => this.comment() },
      { key: "z", words: "undo the last verdict", act: () => this.undo() },
      { key: "n", words: "next picture without a verdict", act: () => this.next() },
    ];
    box.dialog.addEventListener("close", () => this.closed(), { signal });
    box.dialog.addEventListener("focusin", ({ target }) => (this.typed = FIELDS.find((name) => target === this.part(name))), { signal });
    window.addEventListener("poet-review-next", (event) => this.asked(event), { signal });
  }

  part(name) {
    return this.element.querySelector(`.${name}`);
  }

  offered(about) {
    return Boolean(about.run && about.evaluation);
  }

  show(item, about) {
    this.element.hidden = Boolean(item.other);
    this.item = item;
    this.labels = about.labels;
    this.use(ReviewStore.of(about.run, about.evaluation));
    this.fold();
    for (const line of this.box.part("lines").children) {
      line.hidden = line.textContent.startsWith("review: "); // how it was when the page was drawn; the buttons say it now
    }
    this.paint();
  }

  use(store) {
    if (this.store === store) return;
    this.store?.listeners.delete(this.repaint);
    this.repaint = () => this.paint();
    this.store = store;
    store.listeners.add(this.repaint);
  }

  // -- what is seen

  build() {
    const section = element("section", "review");
    section.setAttribute("aria-label", "Review");
    const head = element("p", "review-head");
    head.append(element("strong", "", "Review"), element("span", "review-place"));
    const buttons = element("div", "review-verdicts");
    for (const [key, verdict, words] of VERDICTS) buttons.append(this.button(key, words, () => this.act(key), verdict));
    const choose = element("div", "review-choose");
    choose.hidden = true;
    const field = Object.assign(element("input", "review-label"), { type: "text", autocomplete: "off" });
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-label": "Right label: its number, or type its name", "aria-expanded": "true",
      "aria-controls": "review-labels", "aria-autocomplete": "list", placeholder: "Right label: number or name",
    })) field.setAttribute(name, value);
    const list = Object.assign(element("ul", "review-labels"), { id: "review-labels" });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Labels");
    choose.append(field, list);
    const note = Object.assign(element("textarea", "review-comment"), { rows: 2, maxLength: 2000 });
    note.setAttribute("aria-label", "Comment");
    note.placeholder = "Comment (C)";
    const more = element("div", "review-more");
    more.append(this.button("z", "Undo", () => this.undo()), this.button("n", "Next unreviewed", () => this.next()));
    const goes = element("label", "review-goes");
    goes.append(Object.assign(element("input", ""), { type: "checkbox", checked: this.goesOn }), "Go on after a verdict");
    const said = element("p", "review-said");
    said.setAttribute("role", "status");
    section.append(head, buttons, choose, note, more, goes, said);
    this.listen(field, list, note, goes.firstChild);
    return section;
  }

  button(key, words, act, verdict = "") {
    const made = element("button", "plain");
    made.type = "button";
    made.dataset.verdict = verdict;
    made.append(element("span", "", words), element("kbd", "", key.toUpperCase()));
    made.setAttribute("aria-keyshortcuts", key);
    made.addEventListener("click", act);
    return made;
  }

  paint() {
    if (!this.item) return;
    const { verdict, right_label: right, comment } = this.store.of(this.item.sha);
    for (const button of this.element.querySelectorAll("[data-verdict]")) {
      const own = button.dataset.verdict;
      if (!own) continue;
      button.setAttribute("aria-pressed", String(own === verdict));
      button.firstChild.textContent = this.words(own, own === verdict ? right : "");
    }
    this.part("review-place").textContent = this.store.words;
    const note = this.part("review-comment");
    if (!note.matches(":focus")) note.value = comment;
    const trouble = this.store.problem || this.store.trouble;
    this.element.classList.toggle("is-troubled", Boolean(trouble));
    this.tell(trouble || this.done || "");
  }

  words(verdict, right = "") {
    if (verdict === "label_correct" && this.item.true === this.item.predicted) return "Both are right";
    const words = VERDICTS.find(([, own]) => own === verdict)?.[2] ?? "No verdict";
    return right ? `${words}: ${right}` : words;
  }

  tell(words) {
    const place = this.part("review-said");
    if (place.textContent !== words) place.textContent = words;
  }

  // -- what people say

  act(key) {
    this.keys.find((one) => one.key === key).act();
  }

  say(verdict, right = "") {
    this.fold();
    this.done = `${this.item.name || this.item.title}: ${this.words(verdict, right)}.`;
    this.store.say(this.item.sha, { verdict, right_label: right });
    this.changed = true;
    if (this.goesOn) this.next();
  }

  undo() {
    const sha = this.store.undo();
    this.done = sha ? "The last verdict was undone." : "Nothing to undo.";
    this.changed ||= Boolean(sha);
    const at = this.place(sha);
    if (at >= 0) this.box.go(at);
    this.paint();
  }

  /** Go to the next picture of the list that has no verdict, from here on and then from its beginning. */
  next() {
    const at = this.unreviewed(this.item.number);
    if (at >= 0) this.box.go(at);
    else {
      this.done = "All pictures of this list have a verdict.";
      this.paint();
    }
  }

  unreviewed(from, fits = () => true) {
    const { deck } = this.box;
    for (let step = 1; step <= deck.total; step++) {
      const at = (from + step) % deck.total;
      if (deck.has(at) && !this.store.of(deck.at(at).sha).verdict && fits(deck.at(at))) return at;
    }
    return -1;
  }

  /** Return where a picture is in the list; -1 where it is not. */
  place(sha) {
    const { deck } = this.box;
    const index = deck.items.findIndex(([own]) => own === sha);
    return index < 0 ? -1 : deck.first + index;
  }

  /** The page asks for a picture, or the next mistake without a verdict: the first gallery that has it opens it. */
  asked(event) {
    const { deck, about } = this.box;
    if (event.detail.taken || !about || !this.offered(about) || !deck.total) return;
    this.use(ReviewStore.of(about.run, about.evaluation));
    if (this.store.address !== event.detail.address) return;
    const { sha } = event.detail;
    const isMistake = (one) => one.true !== one.predicted;
    const at = sha ? this.place(sha) : this.unreviewed(-1, isMistake);
    if (at < 0) return;
    event.detail.taken = true;
    this.box.open(at);
  }

  /** The page's figures follow once the light-box is closed; while it is open nothing asks Python. */
  closed() {
    this.fold();
    this.done = "";
    if (this.changed) window.dispatchEvent(new CustomEvent("poet-review-closed", { detail: { address: this.store.address } }));
    this.changed = false;
  }

  // -- the right label and the comment

  choose() {
    this.part("review-choose").hidden = false;
    const field = this.part("review-label");
    field.value = "";
    this.at = 0;
    this.list();
    field.focus();
  }

  fold() {
    const back = this.element.contains(this.element.getRootNode().activeElement);
    this.part("review-choose").hidden = true;
    if (back && this.box.isOpen) this.box.dialog.focus();
  }

  /** The labels that fit what was typed: the most probable first, without the one that the picture has. */
  fitting() {
    const typed = this.part("review-label").value.trim().toLocaleLowerCase();
    const probable = this.item.top.map(([label]) => label);
    const every = [...new Set([...probable, ...this.labels])].filter((one) => one !== this.item.true && this.labels.includes(one));
    const begins = (one) => one.toLocaleLowerCase().startsWith(typed);
    const has = (one) => one.toLocaleLowerCase().includes(typed);
    return [...every.filter(begins), ...every.filter((one) => !begins(one) && has(one))];
  }

  list() {
    const found = this.fitting();
    this.at = Math.max(0, Math.min(this.at, found.length - 1));
    const rows = found.map((label, place) => {
      const row = element("li", "", place < NUMBERED ? `${place + 1}  ${label}` : label);
      Object.assign(row, { id: `review-label-${place}`, role: "option" });
      row.setAttribute("aria-selected", String(place === this.at));
      row.dataset.label = label;
      return row;
    });
    this.part("review-labels").replaceChildren(...rows);
    const field = this.part("review-label");
    if (rows.length) field.setAttribute("aria-activedescendant", `review-label-${this.at}`);
    else field.removeAttribute("aria-activedescendant");
    rows[this.at]?.scrollIntoView({ block: "nearest" });
    this.tell(rows.length ? "" : "No such label. Where none fits, press Escape and U: not usable.");
  }

  listen(field, list, note, goes) {
    field.addEventListener("input", () => this.list());
    field.addEventListener("keydown", (event) => this.labelKey(event));
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", ({ target }) => {
      const label = target.closest("li")?.dataset.label;
      if (label) this.say("label_wrong", label);
    });
    note.addEventListener("keydown", (event) => {
      if (event.isComposing || !["Enter", "Escape"].includes(event.key) || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape") note.value = this.store.of(this.item.sha).comment;
      this.box.dialog.focus();
    });
    note.addEventListener("change", () => this.note());
    note.addEventListener("blur", () => this.note());
    goes.addEventListener("change", () => {
      try {
        localStorage.setItem(GOES_ON, String(goes.checked));
      } catch {
        // Then it holds for this window.
      }
      this.going = goes.checked;
    });
  }

  labelKey(event) {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const found = this.fitting();
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    const number = this.part("review-label").value ? NaN : Number(event.key.trim() || NaN);
    const typed = found.some((label) => label.startsWith(event.key)); // a label such as "3d"
    if (event.key in steps) this.at += steps[event.key];
    else if (event.key === "Enter" && found[this.at]) this.say("label_wrong", found[this.at]);
    else if (number >= 1 && number <= Math.min(NUMBERED, found.length) && !typed) this.say("label_wrong", found[number - 1]);
    else if (event.key === "Escape") this.fold();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key in steps) this.list();
  }

  comment() {
    this.part("review-comment").focus();
  }

  note() {
    const words = this.part("review-comment").value.split(/\s+/).join(" ").trim();
    if (!this.item || words === this.store.of(this.item.sha).comment) return;
    this.done = "Comment kept.";
    this.store.say(this.item.sha, { comment: words });
    this.changed = true;
  }

  get goesOn() {
    try {
      return this.going ?? localStorage.getItem(GOES_ON) !== "false";
    } catch {
      return this.going ?? true;
    }
  }

  /** What is being typed, so that its letters do not become verdicts. */
  kept() {
    const { typed, changed } = this;
    return { typed, words: typed && this.part(typed).value, changed };
  }

  resume({ typed, words, changed }) {
    this.changed ||= changed;
    if (!typed) return;
    if (typed === "review-label") this.choose();
    else this.comment();
    this.part(typed).value = words;
    if (typed === "review-label") this.list();
  }

  close() {
    this.listeners.abort();
    this.store?.listeners.delete(this.repaint);
  }
}

LightBox.panels.push(ReviewPanel);
