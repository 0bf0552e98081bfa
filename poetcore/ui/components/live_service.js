// Frames go to the server one by one; what comes back is what a run makes of each. No frame is kept anywhere.

const LIVE = "/poet/live/";
const SILENT = "The server does not answer: is it still running?";

class LiveService {
  constructor(run) {
    this.run = run;
    this.viewer = crypto.getRandomValues(new Uint32Array(2)).join("-");
    this.requests = new AbortController();
  }

  /** What the run makes of a frame; null where the server dropped it, since a newer one has come. */
  see(blob) {
    return this.post(`?viewer=${this.viewer}`, blob, (answer) => answer.json());
  }

  /** Where the run sees a label in a frame, as a picture to lay over it: {blob}, {error}, or null where it was dropped. */
  map(blob, label) {
    const path = `/map?viewer=${this.viewer}&label=${encodeURIComponent(label)}`;
    return this.post(path, blob, async (answer) => ({ blob: await answer.blob() }));
  }

  /** What `read` makes of the answer; it may break off while it is read, too. */
  async post(path, body, read) {
    const headers = { "Content-Type": "image/jpeg" };
    const request = { method: "POST", body, headers, signal: this.requests.signal };
    try {
      const answer = await fetch(`${LIVE}${encodeURIComponent(this.run)}${path}`, request);
      if (answer.ok) return answer.status === 204 ? null : await read(answer);
      return { error: (await answer.json().catch(() => ({}))).error ?? SILENT };
    } catch {
      return { error: this.requests.signal.aborted ? "" : SILENT };
    }
  }

  close() {
    this.requests.abort();
  }
}
