// Pictures as a table that is sorted and filtered in the browser. A row opens the picture in the light-box, which leafs
// through the rows in their order. One row is a stop of the Tab key; arrows, Home and End go to the others.

const ROW_KEYS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
const AT_ONCE = 60; // rows that are drawn at once, and more wherever one comes near their end
const NEAR = 600; // pixels
const THUMBNAIL = 120; // pixels, twice what is drawn, for sharp screens

/** Closed, it goes back to the row of the picture that was looked at last, which may not be drawn yet. */
class TableBox extends LightBox {
  close() {
    if (this.isOpen) this.reach(this.item.number);
    super.close();
  }
}

class PictureTable {
  constructor(root) {
    this.root = root;
    this.body = root.querySelector("tbody");
    this.head = root.querySelector("thead tr");
    this.filter = root.querySelector("input");
    this.box = new TableBox(root.parentNode.querySelector(".lightbox"), this.body);
    this.box.reach = (at) => this.draw(at + 1);
    this.scroller = root.querySelector(".box");
    this.sorted = { column: -1, descending: false };
    this.listeners = new AbortController();
    const on = (target, type, act) => target.addEventListener(type, act, { signal: this.listeners.signal });
    on(this.filter, "input", () => this.arrange());
    on(this.scroller, "scroll", () => {
      const { scrollTop, clientHeight, scrollHeight } = this.scroller;
      if (scrollTop + clientHeight + NEAR > scrollHeight) this.draw(this.drawn + 1);
    });
    on(this.head, "click", (event) => this.sortBy(event.target.closest("th")));
    on(this.body, "keydown", (event) => this.key(event));
    on(this.body, "click", (event) => {
      const row = event.target.closest("tr");
      if (!event.target.closest("a") && row) this.box.open(Number(row.querySelector("figure").dataset.at));
    });
  }

  update(data, send) {
    this.box.send = send;
    const received = JSON.stringify(data);
    if (received === this.received) return;
    this.received = received;
    Object.assign(this, data);
    const whole = new Deck(data.deck);
    this.rows = data.deck.items.map((_, place) => this.made(whole.at(place), data.values[place]));
    this.body.closest("table").setAttribute("aria-label", data.name);
    this.head.replaceChildren(element("th", "", ""), ...data.columns.map((column) => this.heading(column)));
    this.head.firstChild.append(element("span", "unseen", "Picture"));
    this.arrange();
  }

  heading({ name, number, help }) {
    const cell = element("th", number ? "number" : "");
    const button = element("button", "", name);
    button.type = "button";
    if (help) button.title = help;
    button.append(element("span", "arrow"));
    cell.scope = "col";
    cell.append(button);
    return cell;
  }

  made(item, values) {
    const row = document.createElement("tr");
    const figure = document.createElement("figure");
    const link = Object.assign(document.createElement("a"), { href: `${PICTURE}${item.sha}`, title: "Open the picture", tabIndex: -1 });
    link.setAttribute("role", "button");
    link.setAttribute("aria-haspopup", "dialog");
    const image = Object.assign(new Image(), { loading: "lazy", alt: `${item.name}, ${item.title}` });
    image.src = `${PICTURE}${item.sha}?pixels=${THUMBNAIL}`;
    link.append(image);
    figure.append(link);
    const first = element("td", "picture");
    first.append(figure);
    row.append(first, ...values.map(([words], place) => element("td", this.columns[place].number ? "number" : "words", words)));
    const text = values.map(([words]) => words).join("\n").toLowerCase();
    return { row, figure, link, values, text };
  }

  sortBy(cell) {
    if (!cell) return;
    const column = [...this.head.children].indexOf(cell) - 1;
    if (column < 0) return;
    const again = this.sorted.column === column;
    // Of a figure the largest is looked for first, of words the first letter.
    this.sorted = { column, descending: again ? !this.sorted.descending : Boolean(this.columns[column].number) };
    this.arrange();
  }

  /** Show the rows that are wanted, in their order, and let the light-box leaf through just these. */
  arrange() {
    const { column, descending } = this.sorted;
    const asked = this.filter.value.trim().toLowerCase();
    let places = this.rows.map((_, place) => place).filter((place) => this.rows[place].text.includes(asked));
    if (column >= 0) {
      const key = (place) => this.rows[place].values[column][1];
      const way = descending ? -1 : 1;
      const collator = new Intl.Collator("en", { numeric: true });
      const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b));
      const known = (place) => key(place) !== null;
      // What is not known comes last, either way.
      places = [...places.filter(known).sort((a, b) => way * compare(key(a), key(b))), ...places.filter((p) => !known(p))];
    }
    const focused = this.body.getRootNode().activeElement;
    this.shown = places.map((place, at) => {
      this.rows[place].figure.dataset.at = at;
      this.rows[place].link.tabIndex = at ? -1 : 0;
      return this.rows[place];
    });
    this.body.replaceChildren();
    this.drawn = 0;
    this.draw(1);
    this.scroller.scrollTop = 0;
    if (this.body.contains(focused)) focused.focus();
    [...this.head.children].forEach((cell, place) => {
      const mine = place === column + 1 && column >= 0;
      cell.querySelector(".arrow")?.replaceChildren(mine ? (descending ? " ↓" : " ↑") : "");
      if (mine) cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
    const all = this.rows.length.toLocaleString("en");
    this.root.querySelector(".found").textContent = asked ? `${places.length.toLocaleString("en")} of ${all} pictures` : `${all} pictures`;
    const items = places.map((place) => this.deck.items[place]);
    this.box.update({ deck: { ...this.deck, first: 0, total: items.length, items }, about: this.about, gallery: this.gallery });
  }

  /** Draw the first rows, so many at the least. */
  draw(least) {
    if (least <= this.drawn) return;
    const upTo = Math.min(this.shown.length, least + AT_ONCE);
    this.body.append(...this.shown.slice(this.drawn, upTo).map(({ row }) => row));
    this.drawn = upTo;
  }

  key(event) {
    const step = ROW_KEYS[event.key];
    const row = event.target.closest("tr");
    if (step === undefined || !row || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const now = Number(row.querySelector("figure").dataset.at);
    const next = Math.max(0, Math.min(this.shown.length - 1, now + step));
    this.draw(next + 1);
    const { link } = this.shown[next];
    this.shown[now].link.tabIndex = -1;
    link.tabIndex = 0;
    link.focus({ preventScroll: true });
    link.closest("tr").scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  close() {
    this.listeners.abort();
    this.box.destroy();
  }
}

const tables = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".pictures");
  let table = tables.get(parentElement);
  if (table?.root !== root) {
    table?.close();
    table = new PictureTable(root);
    tables.set(parentElement, table);
  }
  table.update(data, setTriggerValue);
  return () => {
    tables.get(parentElement)?.close();
    tables.delete(parentElement);
  };
}
