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
  async see(blob) {
    const answer = await this.post(`?viewer=${this.viewer}`, blob);
    if (answer.error !== undefined) return answer;
    return answer.status === 204 ? null : answer.json();
  }

  /** Where the run sees a label in a frame, as a picture to lay over it: {blob}, {error}, or null where it was dropped. */
  async map(blob, label) {
    const answer = await this.post(`/map?viewer=${this.viewer}&label=${encodeURIComponent(label)}`, blob);
    if (answer.error !== undefined) return answer;
    return answer.status === 204 ? null : { blob: await answer.blob() };
  }

  async post(path, body) {
    const headers = { "Content-Type": "image/jpeg" };
    const request = { method: "POST", body, headers, signal: this.requests.signal };
    try {
      const answer = await fetch(`${LIVE}${encodeURIComponent(this.run)}${path}`, request);
      if (answer.ok) return answer;
      return { error: (await answer.json().catch(() => ({}))).error ?? SILENT };
    } catch {
      return { error: this.requests.signal.aborted ? "" : SILENT };
    }
  }

  close() {
    this.requests.abort();
  }
}
