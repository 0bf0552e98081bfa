// A whole video file, one frame every so often. It has a <video> of its own, so that what people watch goes on as it was; the file
// stays with the browser, and of each frame no more than the network sees goes to the server.

/** Milliseconds that a browser may take to find a place in a file. */
const SEEK_PATIENCE = 30000;
/** Milliseconds until a frame that the server dropped is sent again. */
const AGAIN = 300;
/** Seconds: a time on the border of two frames is that of the later one. */
const INTO = 0.001;
/** Probabilities that go to Python at once at the most, some 20 MB. */
const MOST_FIGURES = 3e6;

/** Wait for an event of a <video>; false where it fails, or takes longer than it may. */
function happens(video, kind) {
  return new Promise((resolve) => {
    const listeners = new AbortController();
    const end = (well) => {
      clearTimeout(timer);
      listeners.abort();
      resolve(well);
    };
    const timer = setTimeout(() => end(false), SEEK_PATIENCE);
    video.addEventListener(kind, () => end(true), { signal: listeners.signal });
    video.addEventListener("error", () => end(false), { signal: listeners.signal });
  });
}

/** Open a file in a <video>; false where this browser cannot play it, or it has sound only. */
async function openVideo(video, address) {
  const loaded = happens(video, "loadeddata");
  Object.assign(video, { src: address, muted: true, playsInline: true, preload: "auto" });
  if (!(await loaded) || !video.videoWidth) return false;
  if (!Number.isFinite(video.duration)) {
    // What browsers record themselves has no length until its end was seen.
    await seekTo(video, 1e9);
    await seekTo(video, 0);
  }
  return true;
}

async function seekTo(video, time) {
  const there = happens(video, "seeked");
  video.currentTime = time;
  return (await there) && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
}

/** It tells "progress" after each frame. */
class VideoWalk extends EventTarget {
  /** The address of a file, a `LiveService`, and the pixels of a frame's longer side as a function of the <video>. */
  constructor(address, service, sideOf) {
    super();
    Object.assign(this, { address, service, sideOf, done: 0, total: 0, problem: "", stopped: false });
    this.video = document.createElement("video");
  }

  /** Label a frame every so many seconds; of so many labels. What was found, also where it ended early. */
  async walk(every, labels) {
    const found = { every, times: [], probabilities: [], unknown: [], end: 0, problem: "" };
    if (!(await openVideo(this.video, this.address))) return { ...found, problem: "It cannot be read." };
    const { duration } = this.video;
    this.total = Math.max(1, Math.ceil(duration / every - 1e-6));
    if (this.total * labels > MOST_FIGURES) {
      return { ...found, problem: `That would be ${counted(this.total, "frame")} of ${counted(labels, "label")}: choose a longer time between two.` };
    }
    this.began = performance.now();
    let asked = Promise.resolve();
    for (let place = 0; place < this.total && !this.isOver; place += 1) {
      const time = Math.round(place * every * 1e6) / 1e6;
      const blob = await this.frame(time);
      await asked; // while the server has one frame, the next one is found
      if (blob && !this.isOver) asked = this.ask(blob, time, found);
    }
    await asked;
    const whole = found.times.length === this.total;
    found.end = whole ? duration : (found.times.at(-1) ?? 0) + every;
    found.problem = this.problem || (whole ? "" : "Stopped before its end.");
    this.stop();
    this.video.removeAttribute("src");
    this.video.load();
    return found;
  }

  get isOver() {
    return this.stopped || Boolean(this.problem);
  }

  /** Seconds that are left, as far as that can be told. */
  get secondsLeft() {
    return this.done ? ((performance.now() - this.began) / 1000 / this.done) * (this.total - this.done) : undefined;
  }

  async frame(time) {
    const there = await seekTo(this.video, Math.min(time + INTO, this.video.duration));
    const blob = there ? await frameOf(this.video, this.sideOf(this.video)).catch(() => null) : null;
    if (!blob && !this.isOver) this.problem = "It cannot be read any further.";
    return blob;
  }

  async ask(blob, time, found) {
    let answer = await this.service.see(blob);
    while (!answer && !this.isOver) {
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
      answer = await this.service.see(blob);
    }
    if (!answer) return;
    if (answer.error !== undefined) {
      this.problem ||= answer.error;
      return;
    }
    found.times.push(time);
    found.probabilities.push(answer.probabilities);
    found.unknown.push(answer.unknown);
    this.done += 1;
    this.dispatchEvent(new Event("progress"));
  }

  stop() {
    this.stopped = true;
    this.service.close(); // what the server still has is not waited for
  }
}
