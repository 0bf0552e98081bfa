// Sending files one by one. A transfer outlives the page that began it; what was sent stays on the server's disk,
// so that one that was broken off goes on when the same files come again.

const AT_ONCE = 4;
const WAITS = [1, 2, 4, 8, 8, 8, 8, 8, 8, 8]; // seconds between attempts while the server does not answer
const ROUTE = "/poet/uploads";

/** Read through what was dropped: [{path, file}], with no file for an empty folder. */
async function readEntries(entries, onCount) {
  const found = [];
  const visit = async (entry, path) => {
    if (entry.isFile) {
      found.push({ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
      onCount(found.length);
      return;
    }
    const reader = entry.createReader();
    let some = false;
    for (;;) {
      // A browser gives a hundred at a time.
      const inside = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!inside.length) break;
      some = true;
      for (const one of inside) await visit(one, `${path}/${one.name}`);
    }
    if (!some) found.push({ path: `${path}/`, file: null });
  };
  for (const entry of entries) await visit(entry, entry.name);
  return found;
}

async function isReadable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

class Transfer extends EventTarget {
  constructor() {
    super();
    this.round = 0;
    this.rest();
  }

  /** Be ready for the next files. */
  rest() {
    this.round += 1; // what still runs of an earlier one ends by itself
    this.phase = "idle";
    this.id = this.turn = this.name = this.problem = "";
    this.files = [];
    this.requests = new Set();
    this.tell();
  }

  isOn(round) {
    return this.round === round && ["sending", "waiting"].includes(this.phase);
  }

  tell() {
    this.dispatchEvent(new Event("change"));
  }

  enter(phase, problem = "") {
    this.phase = phase;
    this.problem = problem;
    this.tell();
  }

  /** Read what was dropped, then send it. */
  async drop(entries) {
    const round = (this.round += 1);
    this.count = 0;
    this.enter("reading");
    try {
      const files = await readEntries(entries, (count) => {
        if (this.round !== round) return;
        this.count = count;
        if (count % 100 === 0) this.tell();
      });
      if (this.round === round) await this.begin(files);
    } catch (error) {
      if (this.round !== round) return; // cancelled, and others may have been dropped since
      this.enter("failed", `The folder cannot be read (${error.message}): drop it again.`);
    }
  }

  /** Send files: [{path, file}]. */
  async begin(files) {
    // In the same order each time, since the server numbers them.
    this.files = files.sort((a, b) => (a.path < b.path ? -1 : 1));
    await this.go();
  }

  async go() {
    const round = (this.round += 1);
    this.count = this.files.length;
    this.enter("reading");
    try {
      const rows = this.files.map(({ path, file }) => [path, file?.size ?? 0, file?.lastModified ?? 0]);
      await this.discarding;
      if (this.round !== round) return;
      const answer = await fetch(ROUTE, { method: "POST", body: JSON.stringify(rows) });
      const begun = await answer.json();
      if (this.round !== round) return; // cancelled meanwhile
      if (!answer.ok) {
        this.rest();
        this.enter("idle", begun.error); // other files may be dropped at once
        return;
      }
      this.turn = turnOf(begun.id);
      Object.assign(this, { id: begun.id, name: begun.name, total: begun.taken, queue: begun.send });
      const size = (number) => this.files[number].file.size;
      this.toSend = begun.send.reduce((sum, number) => sum + size(number), 0);
      this.here = this.first = begun.taken - begun.send.length;
      this.sent = 0;
      this.loaded = new Map();
      this.began = performance.now();
      this.enter("sending");
      await Promise.all(Array.from({ length: AT_ONCE }, () => this.work(round)));
      if (this.isOn(round)) this.enter("done");
    } catch (error) {
      if (this.round !== round) return;
      this.round += 1;
      this.abort();
      const lost = error instanceof TypeError ? "The server cannot be reached: is it still running?" : error.message;
      this.enter("failed", lost);
    }
  }

  async work(round) {
    while (this.isOn(round) && this.queue.length) await this.send(this.queue.shift(), round);
  }

  async send(number, round) {
    const { file } = this.files[number];
    for (let attempt = 0; this.isOn(round); attempt += 1) {
      const { status, words } = await this.put(number, file);
      if (!this.isOn(round)) return;
      this.loaded.delete(number);
      if (status >= 200 && status < 300) {
        this.here += 1;
        this.sent += file.size;
        if (this.phase === "waiting") this.phase = "sending";
        this.tell();
        return;
      }
      if (status === 422) return; // one bad file does not stop the rest
      if (status === 507 || (status >= 400 && status < 500)) throw new Error(words);
      if (!(await isReadable(file))) return; // likewise
      if (attempt >= WAITS.length) throw new Error("The server does not answer any more: start it, then try again.");
      this.enter("waiting");
      await new Promise((resolve) => setTimeout(resolve, 1000 * WAITS[attempt]));
    }
  }

  /** Send one file from the disk; XMLHttpRequest, because fetch does not tell how much has gone. */
  put(number, file) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      this.requests.add(request);
      request.upload.onprogress = (event) => {
        this.loaded.set(number, event.loaded);
        this.tell();
      };
      request.onloadend = () => {
        this.requests.delete(request);
        let words = "The server refused a file.";
        try {
          words = JSON.parse(request.responseText).error;
        } catch {
          // no answer
        }
        resolve({ status: request.status, words });
      };
      request.open("PUT", `${ROUTE}/${this.id}/${number}`);
      request.send(file);
    });
  }

  get bytes() {
    return [...this.loaded.values()].reduce((sum, one) => sum + one, this.sent);
  }

  /** 0 to 1. */
  get share() {
    if (!this.total || !this.toSend) return this.total ? 1 : 0;
    const first = this.first / this.total;
    return first + (1 - first) * Math.min(1, this.bytes / this.toSend);
  }

  /** Seconds that it will take; undefined as long as that cannot be told. */
  get secondsLeft() {
    const passed = (performance.now() - this.began) / 1000;
    return passed > 1 && this.bytes ? (passed / this.bytes) * (this.toSend - this.bytes) : undefined;
  }

  abort() {
    for (const request of this.requests) request.abort();
  }

  /** Stop, and have what was sent deleted. */
  async cancel() {
    const { id } = this;
    this.round += 1;
    this.abort();
    this.rest();
    if (id) await discard(id);
  }
}

/** The same files have the same id whenever they are sent; this tells the times apart. */
function turnOf(id) {
  return `${id}/${Date.now()}`;
}

/** Have what is here of an upload deleted; whether it is gone. Whoever sends something waits for it: it may be the same. */
function discard(id) {
  const asked = fetch(`${ROUTE}/${id}`, { method: "DELETE" }).then(({ status }) => status < 500, () => false);
  transfer.discarding = Promise.all([transfer.discarding, asked]);
  return asked;
}

// One for all pages: Streamlit loads this file again for each.
const transfer = (window.poetTransfer ??= new Transfer());
