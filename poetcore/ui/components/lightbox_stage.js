// Where a picture is seen: zoom and pan, by wheel, mouse, fingers and keys. Two stages share one zoom, so that a pair is
// compared at the same place.

const PICTURE = "/poet/picture/";
/** Longer sides in which pictures are asked for, in pixels of the screen; the last is the largest that is served. */
const SIDES = [640, 1024, 1600, 2560];
const CLOSEST = 10;
const STEP = 1.4;
/** A small picture is enlarged to this at the most before anyone zooms. */
const ENLARGED = 3;
const SWIPED = 40;

/** How close a picture is looked at, and at which of its points, as shares of its width and height. */
class Zoom {
  constructor() {
    this.stages = [];
    this.fit();
  }

  fit() {
    this.to({ scale: 1, x: 0.5, y: 0.5 });
  }

  to({ scale, x, y }) {
    Object.assign(this, { scale, x, y });
    this.paint();
  }

  get isClose() {
    return this.scale > 1.001;
  }

  /** Zoom about a point of a stage, by default its middle. */
  by(factor, stage = this.stages[0], at = { x: stage.width / 2, y: stage.height / 2 }) {
    const scale = Math.max(1, Math.min(CLOSEST, this.scale * factor));
    const shift = (place, size, side) => ((place - size / 2) / side) * (1 / this.scale - 1 / scale);
    this.x += shift(at.x, stage.width, stage.frameWidth);
    this.y += shift(at.y, stage.height, stage.frameHeight);
    this.scale = scale;
    this.settle(stage);
  }

  /** Move the picture by pixels of the screen. */
  pan(dx, dy, stage = this.stages[0]) {
    this.x -= dx / (stage.frameWidth * this.scale);
    this.y -= dy / (stage.frameHeight * this.scale);
    this.settle(stage);
  }

  settle(stage) {
    [this.x, this.y] = stage.within(this);
    this.paint();
  }

  paint() {
    this.stages.forEach((stage) => stage.paint());
  }
}

class Stage {
  constructor(root, zoom, signal, onSwipe) {
    this.root = root;
    this.zoom = zoom;
    this.onSwipe = onSwipe;
    this.frame = root.querySelector(".frame");
    this.pictures = new Pictures();
    this.pointers = new Map();
    this.turn = 0;
    this.frameWidth = this.frameHeight = 1;
    zoom.stages.push(this);
    this.resizing = new ResizeObserver(() => this.layout());
    this.resizing.observe(root);
    this.listen(signal);
  }

  get width() {
    return this.root.clientWidth || 1;
  }

  get height() {
    return this.root.clientHeight || 1;
  }

  address(sha, side = this.side()) {
    return `${PICTURE}${sha}?pixels=${side}`;
  }

  side() {
    const wanted = Math.max(this.width, this.height) * devicePixelRatio;
    return SIDES.find((side) => side >= wanted) ?? SIDES.at(-1);
  }

  /** Show a picture as soon as it is decoded; never the one before it below other words. */
  show(sha, alt) {
    const turn = ++this.turn;
    Object.assign(this, { sha, alt });
    const entry = this.pictures.get(this.address(sha));
    this.root.classList.toggle("is-waiting", entry.status === "loading");
    if (entry.status !== "loading") return this.place(entry);
    this.place(null);
    entry.done.then(() => turn === this.turn && this.place(entry));
  }

  /** Put a picture into the frame, in front of which overlays stay. */
  place(entry) {
    this.root.classList.remove("is-broken", ...(entry ? ["is-waiting"] : []));
    this.frame.querySelectorAll(":scope > img").forEach((image) => image.remove());
    this.image = entry?.status === "ready" ? entry.image : null;
    this.root.classList.toggle("is-broken", entry?.status === "broken");
    this.frame.hidden = !this.image;
    // It is asked for again the next time: the server may not have answered.
    if (entry?.status === "broken") this.pictures.forget(this.address(this.sha));
    if (!this.image) return;
    this.image.alt = this.alt;
    this.frame.prepend(this.image);
    this.layout();
  }

  layout() {
    if (!this.image) return;
    const { naturalWidth, naturalHeight } = this.image;
    const fit = Math.min(this.width / naturalWidth, this.height / naturalHeight, ENLARGED);
    this.frameWidth = naturalWidth * fit;
    this.frameHeight = naturalHeight * fit;
    this.frame.style.width = `${this.frameWidth}px`;
    this.frame.style.height = `${this.frameHeight}px`;
    this.paint();
  }

  /** The point of a picture nearest to a wanted one that leaves no more of the stage empty than it has to be. */
  within({ scale, x, y }) {
    const limited = (place, size, side) => {
      const half = size / (2 * side * scale);
      return half >= 0.5 ? 0.5 : Math.max(half, Math.min(1 - half, place));
    };
    return [limited(x, this.width, this.frameWidth), limited(y, this.height, this.frameHeight)];
  }

  paint() {
    const { scale } = this.zoom;
    const [x, y] = this.within(this.zoom);
    const left = this.width / 2 - x * this.frameWidth * scale;
    const top = this.height / 2 - y * this.frameHeight * scale;
    this.frame.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
    this.root.classList.toggle("is-close", this.zoom.isClose);
    if (this.zoom.isClose) this.sharpen();
  }

  /** Put the picture in full size in the place of one that was made smaller. */
  async sharpen() {
    const { image, sha, turn } = this;
    const largest = SIDES.at(-1);
    if (!image || this.sharpened === image || Math.max(image.naturalWidth, image.naturalHeight) !== this.side()) return;
    this.sharpened = image;
    const full = this.pictures.get(this.address(sha, largest));
    await full.done;
    if (turn === this.turn && full.status === "ready") {
      this.sharpened = full.image;
      this.place(full);
    }
  }

  /** Fetch pictures ahead, and forget all others. */
  keep(shas) {
    const addresses = shas.map((sha) => this.address(sha));
    this.pictures.keep([...addresses, this.address(this.sha, SIDES.at(-1))]);
    addresses.forEach((address) => this.pictures.get(address));
  }

  // -- mouse and fingers

  listen(signal) {
    const on = (type, act, options) => this.root.addEventListener(type, act, { signal, ...options });
    on("wheel", (event) => this.wheel(event), { passive: false });
    on("pointerdown", (event) => this.down(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.up(event));
    on("pointercancel", (event) => this.pointers.delete(event.pointerId));
    on("dblclick", (event) => (this.zoom.isClose ? this.zoom.fit() : this.zoom.by(STEP ** 3, this, this.point(event))));
  }

  point({ clientX, clientY }) {
    const { left, top } = this.root.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  wheel(event) {
    event.preventDefault();
    // A wheel's notch is 100 or more, a touchpad's step a few; lines instead of pixels in some browsers.
    const turned = event.deltaY * (event.deltaMode ? 30 : 1);
    this.zoom.by(1.0025 ** -turned, this, this.point(event));
  }

  down(event) {
    if (event.button) return;
    this.root.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { ...this.point(event), from: this.point(event) });
    this.pinched = this.pointers.size > 1;
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = this.point(event);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const apart = (one) => Math.hypot(one.x - other.x, one.y - other.y) || 1;
      this.zoom.by(apart(now) / apart(before), this, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
      this.zoom.pan((now.x - before.x) / 2, (now.y - before.y) / 2, this);
    } else if (this.zoom.isClose) this.zoom.pan(now.x - before.x, now.y - before.y, this);
    Object.assign(before, now);
  }

  up(event) {
    const pointer = this.pointers.get(event.pointerId);
    this.pointers.delete(event.pointerId);
    if (!pointer || this.pinched || this.zoom.isClose || event.pointerType === "mouse") return;
    const [dx, dy] = [pointer.x - pointer.from.x, pointer.y - pointer.from.y];
    if (Math.abs(dx) > SWIPED && Math.abs(dx) > 1.5 * Math.abs(dy)) this.onSwipe(dx < 0 ? 1 : -1);
  }

  close() {
    this.resizing.disconnect();
    this.pictures.keep([]);
  }
}
