// A hold: pictures of one label that are taken while its button is held down, and sent one by one.

/** Requests that are on their way at once; a slower server gets fewer pictures. */
const ON_THEIR_WAY = 2;

/** Beats without a new frame of the camera after which one is taken all the same: not every browser counts them. */
const PATIENCE = 4;

function holdName(now = new Date()) {
  const two = (value) => String(value).padStart(2, "0");
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const lot = crypto.getRandomValues(new Uint16Array(1))[0].toString(16).padStart(4, "0");
  return `hold-${date}-${time}-${lot}`;
}

/** It tells "picture" for each that was taken, "problem", and "end" once all that was sent has been answered. */
class Hold extends EventTarget {
  constructor(camera, send, label, { perSecond, pixels, longest }) {
    super();
    Object.assign(this, { camera, send, label, pixels, longest, name: holdName(), sent: 0, taken: 0, waiting: 0, missed: 0 });
    this.timer = setInterval(() => this.beat(), 1000 / perSecond);
    this.beat(); // so that a short press takes one
  }

  get isHeld() {
    return this.timer !== undefined;
  }

  beat() {
    if (this.waiting >= ON_THEIR_WAY || this.isStill()) return;
    if (this.sent >= this.longest) {
      this.fail(`That are ${this.longest} pictures in one go: let go of the button, and hold it down again.`);
      return;
    }
    this.take();
  }

  /** Whether the camera has shown nothing new since the last picture, as in the dark, where it takes its time. */
  isStill() {
    const frames = this.camera.video.getVideoPlaybackQuality?.().totalVideoFrames;
    const still = frames !== undefined && frames === this.frames && this.missed++ < PATIENCE;
    if (!still) Object.assign(this, { frames, missed: 0 });
    return still;
  }

  async take() {
    const number = ++this.sent;
    this.waiting += 1;
    try {
      const picture = await this.camera.frame(this.pixels);
      const answer = await this.send(this, number, picture);
      this.taken += 1;
      this.dispatchEvent(new CustomEvent("picture", { detail: answer }));
    } catch (error) {
      this.fail(error.message);
    }
    this.waiting -= 1;
    this.settle();
  }

  fail(words) {
    if (!this.isHeld) return;
    this.release();
    this.dispatchEvent(new CustomEvent("problem", { detail: words }));
  }

  release() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.settle();
  }

  settle() {
    if (this.isHeld || this.waiting || this.ended) return;
    this.ended = true;
    this.dispatchEvent(new Event("end"));
  }
}
