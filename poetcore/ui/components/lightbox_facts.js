// What is known of the files of a picture, and what tells the pictures of a pair apart. The server is asked only where
// someone stays at a picture.

const FACTS = "/poet/facts/";
const STAYS = 120; // milliseconds
const REMEMBERED = 200;

class Facts {
  constructor(root) {
    this.root = root;
    this.known = new Map();
  }

  part(name) {
    return this.root.querySelector(`.${name}`);
  }

  /** Show what is known of a picture, and of the one beside it, once it has come. */
  show(item) {
    clearTimeout(this.waiting);
    this.item = item;
    this.paint();
    const missing = [item.sha, item.other?.sha].filter((sha) => sha && !this.known.has(sha));
    if (!missing.length) return;
    this.waiting = setTimeout(async () => {
      await Promise.all(missing.map((sha) => this.ask(sha)));
      if (this.item === item) this.paint();
    }, STAYS);
  }

  async ask(sha) {
    if (this.known.size > REMEMBERED) this.known.clear();
    try {
      const answer = await fetch(FACTS + sha);
      if (answer.ok) this.known.set(sha, await answer.json());
    } catch {
      // Then it is not known; the picture can be looked at all the same.
    }
  }

  paint() {
    const { item } = this;
    const facts = this.rowsOf(item);
    this.part("facts").hidden = Boolean(item.other);
    this.part("differs").hidden = !item.other;
    if (item.other) this.compare(facts, this.rowsOf(item.other));
    else this.part("facts").replaceChildren(...Object.entries(facts).flatMap(([name, value]) => this.row(name, value)));
  }

  /** By name: file, folder, pixels, size, dates, and other places of the same content. */
  rowsOf({ sha, path, name, true: label }) {
    const known = this.known.get(sha);
    const file = known?.files.find((one) => one.path === path);
    const elsewhere = (known?.files ?? []).map((one) => one.path).filter((one) => one !== path);
    const rows = {
      Label: label,
      File: name,
      Pixels: known?.pixels,
      Size: known && `${known.bytes} ${known.format}`,
      Taken: known?.taken,
      Changed: file?.changed,
      Folder: path.slice(0, path.length - name.length),
      [path ? "Also in" : "Lies in"]: elsewhere.join("\n"),
    };
    return Object.fromEntries(Object.entries(rows).filter(([, value]) => value));
  }

  row(name, value) {
    // The label of a picture alone stands above, and so may the name of its file.
    const told = name === "Label" || (name === "File" && value === this.item.title);
    return told ? [] : [element("dt", "", name), element("dd", "", value)];
  }

  compare(one, other) {
    const names = ["Label", "File", "Pixels", "Size", "Taken", "Changed", "Folder"].filter((name) => one[name] || other[name]);
    const rows = names.map((name) => {
      const row = element("tr", one[name] === other[name] ? "" : "is-different");
      const heading = element("th", "", name);
      heading.scope = "row";
      if (row.className) heading.append(element("span", "mark", " ≠"), element("span", "unseen", " differs"));
      row.append(heading, element("td", "", one[name] ?? "–"), element("td", "", other[name] ?? "–"));
      return row;
    });
    this.part("differs").tBodies[0].replaceChildren(...rows);
  }

  close() {
    clearTimeout(this.waiting);
  }
}
