// The verdicts on the pictures of an evaluation, in the browser. A verdict shows at once, is sent after those before it, and
// is kept in the browser until the server has it on its disk: a server that does not answer, or a reload, loses none.

const REVIEW = "/poet/review/";
const WAITING = "poet-review-waiting ";
const WAITS = [1, 2, 4, 8, 15]; // seconds between two tries

class ReviewStore {
  static all = new Map();

  static of(run, evaluation) {
    const address = `${REVIEW}${encodeURIComponent(run)}/${encodeURIComponent(evaluation)}`;
    if (!ReviewStore.all.has(address)) ReviewStore.all.set(address, new ReviewStore(address));
    return ReviewStore.all.get(address);
  }

  constructor(address) {
    this.address = address;
    this.saved = {};
    this.words = "";
    this.problem = "";
    this.failures = 0;
    this.undone = [];
    this.listeners = new Set();
    this.queue = this.left();
    this.load();
    this.pump();
    window.addEventListener("online", () => this.again());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.load(); // another tab may have reviewed
    });
  }

  /** What is said of a picture: {verdict, right_label, comment}. */
  of(sha) {
    const waiting = this.queue.findLast((one) => one.sha === sha);
    return waiting ?? this.saved[sha] ?? { verdict: "", right_label: "", comment: "" };
  }

  get trouble() {
    if (!this.failures) return "";
    const n = this.queue.length;
    return `The server does not answer: ${n === 1 ? "1 verdict is" : `${n} verdicts are`} kept here and sent again.`;
  }

  say(sha, said) {
    const { verdict, right_label, comment } = this.of(sha);
    this.undone.push({ sha, verdict, right_label, comment });
    this.put({ verdict, right_label, comment, ...said, sha });
  }

  /** Take the last verdict of this window back; return its picture, undefined where there is none. */
  undo() {
    const before = this.undone.pop();
    if (before) this.put(before);
    return before?.sha;
  }

  put(said) {
    const entry = { ...said, id: `${Date.now()}-${Math.random()}` };
    this.queue.push(entry);
    this.keep(entry);
    this.problem = "";
    this.tell();
    this.pump();
  }

  // -- sending

  async pump() {
    if (this.sending) return;
    this.sending = true;
    while (this.queue.length) {
      const [entry] = this.queue;
      const { id, ...body } = entry;
      try {
        const answer = await fetch(this.address, { method: "POST", body: JSON.stringify(body) });
        const found = await answer.json();
        if (answer.status >= 500) throw new Error(found.error);
        this.queue.shift();
        this.forget(entry);
        this.failures = 0;
        if (answer.ok) this.take(found);
        else this.problem = `Not saved: ${found.error}`;
        this.tell();
      } catch {
        const wait = WAITS[Math.min(this.failures, WAITS.length - 1)];
        this.failures += 1;
        this.tell();
        await new Promise((resolve) => {
          this.again = resolve;
          setTimeout(resolve, 1000 * wait);
        });
      }
    }
    this.sending = false;
  }

  again() {}

  async load() {
    const { saved } = this;
    try {
      const answer = await fetch(this.address);
      const found = answer.ok && (await answer.json());
      // What a verdict was answered with meanwhile is newer.
      if (found && saved === this.saved) this.take(found);
      this.tell();
    } catch {
      // Then nothing is known of it until the next verdict.
    }
  }

  take({ verdicts, words, reviewed }) {
    this.saved = verdicts;
    Object.assign(this, { words, reviewed });
  }

  tell() {
    this.listeners.forEach((listener) => listener());
    window.dispatchEvent(new CustomEvent("poet-review", { detail: { address: this.address, words: this.words, reviewed: this.reviewed } }));
  }

  // -- kept in the browser

  keep(entry) {
    try {
      localStorage.setItem(WAITING + entry.id, JSON.stringify({ ...entry, address: this.address }));
    } catch {
      // A browser that keeps nothing: then it is in this window only.
    }
  }

  forget({ id }) {
    try {
      localStorage.removeItem(WAITING + id);
    } catch {
      // It was not kept.
    }
  }

  /** Return what a window that was closed or reloaded had not sent yet, oldest first. */
  left() {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(WAITING))
        .sort()
        .map((key) => JSON.parse(localStorage.getItem(key)))
        .filter(({ address }) => address === this.address)
        .map(({ address, ...entry }) => entry);
    } catch {
      return [];
    }
  }
}
