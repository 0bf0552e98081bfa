// The selected pictures of a dataset. The browser keeps them, so they outlive filters, pages, a reload and the server;
// picker.js, which paints them, follows in the same module.

/** What is kept of a selected picture: its content, why it was shown, and the label suggested for it or "". */
class Marks {
  static answered = new Map(); // where the browser keeps nothing

  constructor(folder) {
    this.key = `poet.selected ${folder}`;
    this.answeredKey = `poet.answered ${folder}`;
    this.unkept = new Map(); // where the browser keeps nothing, or its room is full
    this.read();
  }

  /** Read what is kept; another tab may have changed it. */
  read() {
    try {
      this.found = new Map(JSON.parse(localStorage.getItem(this.key) ?? "[]"));
    } catch {
      this.found = new Map();
    }
    for (const [path, mark] of this.unkept) this.found.set(path, mark);
    return this;
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
    this.read();
    for (const { path, sha, reason, suggested } of add) this.found.set(path, { sha, reason, suggested });
    for (const path of remove) {
      this.found.delete(path);
      this.unkept.delete(path);
    }
    try {
      if (this.found.size) localStorage.setItem(this.key, JSON.stringify([...this.found]));
      else localStorage.removeItem(this.key);
      this.unkept.clear();
    } catch {
      this.unkept = new Map(this.found);
    }
  }
}
