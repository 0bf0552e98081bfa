// The selected pictures of a dataset. The browser keeps them, so they outlive filters, pages, a reload and the server;
// picker.js, which paints them, follows in the same module.

/** What is kept of a selected picture: its content, why it was shown, and the label suggested for it or "". */
class Marks {
  static answered = new Map(); // where the browser keeps nothing

  constructor(folder) {
    // A key of its own for each picture: two tabs that change different ones at once undo nothing of each other.
    this.prefix = `poet.selected ${folder}\n`;
    this.answeredKey = `poet.answered ${folder}`;
    this.unkept = new Map(); // where the browser keeps nothing, or its room is full
    this.read();
  }

  /** Read what is kept; another tab may have changed it. */
  read() {
    this.found = new Map();
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(this.prefix)) continue;
        this.found.set(key.slice(this.prefix.length), JSON.parse(localStorage.getItem(key)));
      }
    } catch {
      // Then what this tab knows is all.
    }
    for (const [path, mark] of this.unkept) this.found.set(path, mark);
    return this;
  }

  /** Whether a change in the browser's storage is one of these; a null key says that all was deleted. */
  isAbout(key) {
    return key === null || key.startsWith(this.prefix);
  }

  /** Whether an answer of Python has not been carried out yet in this tab, by whichever gallery; then it is now. */
  isNew(id) {
    let last = Marks.answered.get(this.answeredKey);
    try {
      last = sessionStorage.getItem(this.answeredKey) ?? last;
      sessionStorage.setItem(this.answeredKey, id);
    } catch {
      // In memory it lasts as long as the page does.
    }
    Marks.answered.set(this.answeredKey, id);
    return last !== id;
  }

  get size() {
    return this.found.size;
  }

  /** Whether a picture is selected, and still the one that was. */
  has({ path, sha }) {
    return this.found.get(path)?.sha === sha;
  }

  count(test) {
    return [...this.found.values()].filter(test).length;
  }

  /** As Python takes them: [path, sha, reason, suggested label]. */
  list() {
    return [...this.found].map(([path, mark]) => [path, mark.sha, mark.reason, mark.suggested]);
  }

  /** Add and remove pictures on top of what other tabs did meanwhile. */
  change(add, remove) {
    for (const { path, sha, reason, suggested } of add) {
      const mark = { sha, reason, suggested };
      try {
        localStorage.setItem(this.prefix + path, JSON.stringify(mark));
        this.unkept.delete(path);
      } catch {
        this.unkept.set(path, mark);
      }
    }
    for (const path of remove) {
      this.unkept.delete(path);
      try {
        localStorage.removeItem(this.prefix + path);
      } catch {
        // It was kept nowhere else.
      }
    }
    this.read();
  }
}
