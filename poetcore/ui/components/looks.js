// What the server tells of a picture: where a run sees a label in it, drawn to be laid over it, and which training pictures
// it resembles. What cannot be told comes as a sentence.

const LOOKS = "/poet/looks/";

class Looks {
  constructor() {
    this.map = Object.assign(new Image(), { alt: "", hidden: true, draggable: false });
    this.requests = new Map();
  }

  /** Ask one thing of a picture; null where something else was asked since. */
  async ask(kind, run, sha, query = "") {
    this.stop(kind);
    const request = new AbortController();
    this.requests.set(kind, request);
    try {
      const answer = await fetch(`${LOOKS}${encodeURIComponent(run)}/${sha}/${kind}${query}`, { signal: request.signal });
      if (!answer.ok) return { error: (await answer.json()).error };
      return kind === "map" ? { blob: await answer.blob() } : await answer.json();
    } catch {
      return request.signal.aborted ? null : { error: "The server does not answer: is it still running?" };
    }
  }

  stop(kind) {
    this.requests.get(kind)?.abort();
    this.requests.delete(kind);
  }

  /** Lay over the picture where a label is seen; returns "", a sentence why not, or null where something else came in between. */
  async draw(run, sha, label) {
    this.clear();
    const told = await this.ask("map", run, sha, `?label=${encodeURIComponent(label)}`);
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
