// What is known of how a run sees a picture: where it sees a label in it, drawn to be laid over it, and which training
// pictures it resembles. Who is asked is for the page to say; what cannot be told comes as a sentence.

class Looks {
  /** `ask(kind, run, sha, query, signal)` answers {blob} for a "map", what is known otherwise, or {error}. */
  constructor(ask) {
    this.source = ask;
    this.map = Object.assign(new Image(), { alt: "", hidden: true, draggable: false });
    this.requests = new Map();
  }

  /** Ask one thing of a picture; null where something else was asked since. */
  async ask(kind, run, sha, query = {}) {
    this.stop(kind);
    const request = new AbortController();
    this.requests.set(kind, request);
    const told = await this.source(kind, run, sha, query, request.signal);
    return request.signal.aborted ? null : told;
  }

  stop(kind) {
    this.requests.get(kind)?.abort();
    this.requests.delete(kind);
  }

  /** Lay over the picture where a label is seen; returns "", a sentence why not, or null where something else came in between. */
  async draw(run, sha, label) {
    this.clear();
    const told = await this.ask("map", run, sha, { label });
    if (!told || told.error) return told && told.error;
    const address = URL.createObjectURL(told.blob);
    const request = this.requests.get("map");
    this.map.src = address;
    await this.map.decode().catch(() => {});
    URL.revokeObjectURL(address);
    if (request.signal.aborted) return null;
    this.map.hidden = false;
    return "";
  }

  /** Take the map away. */
  clear() {
    this.stop("map");
    this.map.hidden = true;
    this.map.removeAttribute("src");
  }

  similar(run, sha) {
    return this.ask("similar", run, sha);
  }

  close() {
    this.clear();
    this.stop("similar");
  }
}

/** What the colours mean, in a sentence. */
const mapWords = (label) => `Orange speaks for ${label}, blue against it; white lines are around what speaks for it most.`;
