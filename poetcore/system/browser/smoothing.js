// What flickers from frame to frame, made steady: pure, and the same as in Python (poetcore/evaluation/video).

/** Seconds after which a change has come through by 63 %. */
const SMOOTHED_OVER = 0.4;

/** An exponential mean over time: what was seen t seconds ago weighs exp(-t / constant). */
class Smoothing {
  constructor(constant = SMOOTHED_OVER) {
    this.constant = constant;
    this.reset();
  }

  reset() {
    this.time = null;
    this.mean = null;
  }

  /** Add the values seen at a time, in seconds, and return their means; time that goes back begins anew. */
  add(time, values) {
    if (this.mean?.length !== values.length || time < this.time) this.mean = values.slice();
    const weight = this.time === null ? 1 : 1 - Math.exp(-Math.max(0, time - this.time) / this.constant);
    this.mean = this.mean.map((mean, at) => mean + weight * (values[at] - mean));
    this.time = time;
    return this.mean;
  }
}
