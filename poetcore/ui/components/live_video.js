// A video file as a source of the live view: choosing or dropping it, playing, seeking; and labelling the whole of it.

/** Seconds of a step by key. */
const STEP = 5;

/** A place in a video as players show it (system/figures.py: clock). */
function clock(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

class LiveVideo {
  constructor(root) {
    this.root = root;
    this.view = new LiveView(root.querySelector(".live"));
    this.video = this.part("video");
    this.source = {
      element: this.video,
      time: () => this.video.currentTime,
      frame: (side) => frameOf(this.video, side, (this.canvas ??= document.createElement("canvas"))),
      live: false,
    };
    this.part("freeze").hidden = true; // a player says play and pause
    Object.assign(this.view.more, {
      choose: () => this.part("pick").click(),
      back: () => this.step(-STEP),
      on: () => this.step(STEP),
    });
    Object.assign(this.view.moreKeys, { ArrowLeft: "back", ArrowRight: "on" });
    this.listeners = new AbortController();
    this.listen();
  }

  part(name) {
    return this.root.querySelector(`.${name}`);
  }

  /** Take what Python sent: `live`, as the view takes it; `every` and `choices`, in seconds; `seek`, [time, turn] or null. */
  update(data, tellPython) {
    const before = this.data;
    Object.assign(this, { data, tellPython });
    this.view.update(data.live);
    if (!before) this.part("every").replaceChildren(...data.choices.map((one) => new Option(`${one} s`, one, false, one === data.every)));
    if (before && before.live.run !== data.live.run) this.walk?.stop();
    if (data.seek && data.seek[1] !== before?.seek?.[1]) this.goTo(data.seek[0]);
    this.paint();
  }

  // -- the file

  async open(file) {
    this.leave();
    const turn = (this.turn = (this.turn ?? 0) + 1);
    if (file.type.startsWith("image/")) return this.refuse(`${file.name} is a picture: its label is predicted on the page Predict.`);
    this.address = URL.createObjectURL(file);
    const plays = await openVideo(this.video, this.address);
    if (turn !== this.turn) return;
    if (!plays) {
      this.leave();
      return this.refuse(
        `This browser cannot play ${file.name}: save it as MP4 (H.264) or WebM, or label it in a terminal: python -m poetcore label_video`,
      );
    }
    this.name = file.name;
    this.say("");
    this.part("begin").hidden = true;
    this.part("whole").hidden = false;
    this.view.watch(this.source);
    await this.video.play().catch(() => {});
    this.paint();
  }

  refuse(words) {
    this.part("problem").textContent = words;
    this.paint();
  }

  /** Let go of the file. */
  leave() {
    this.walk?.stop();
    this.view.stop();
    this.part("problem").textContent = "";
    this.part("begin").hidden = false;
    this.part("whole").hidden = true;
    if (!this.address) return;
    this.video.removeAttribute("src");
    this.video.load();
    URL.revokeObjectURL(this.address);
    this.address = null;
  }

  step(seconds) {
    this.goTo(this.video.currentTime + seconds);
  }

  goTo(time) {
    if (this.address) this.video.currentTime = Math.max(0, Math.min(time, this.video.duration || 0));
  }

  // -- the whole of it

  async label() {
    const { data } = this;
    const walk = new VideoWalk(this.address, new LiveService(data.live.run), (video) => this.view.side(video));
    this.walk = walk;
    walk.addEventListener("progress", () => this.paintWalk());
    this.say("");
    this.paint();
    const found = await walk.walk(Number(this.part("every").value), data.live.labels.length);
    if (this.walk !== walk) return;
    this.walk = null;
    this.paint();
    if (this.listeners.signal.aborted || data.live.run !== this.data.live.run) return;
    if (found.times.length) this.tellPython("labelled", { ...found, run: data.live.run, name: this.name, turn: performance.timeOrigin + performance.now() });
    else this.say(found.problem);
  }

  say(words) {
    this.part("whole-problem").textContent = words;
  }

  // -- what is shown

  paint() {
    const { video } = this;
    const open = Boolean(this.address) && video.videoWidth > 0;
    const words = video.paused ? "Play" : "Pause";
    for (const name of ["play", "seek"]) this.part(name).disabled = !open;
    this.part("other").hidden = !open;
    this.part("play").setAttribute("aria-label", words);
    this.part("play").title = `${words} (Space)`;
    this.part("play").classList.toggle("is-playing", !video.paused);
    this.part("ready").hidden = Boolean(this.walk);
    this.part("walking").hidden = !this.walk;
    this.paintPlace();
    this.paintWalk();
  }

  paintPlace() {
    const { video } = this;
    const seek = this.part("seek");
    const duration = this.address && Number.isFinite(video.duration) ? video.duration : 0;
    seek.max = duration || 1;
    seek.value = duration ? video.currentTime : 0;
    const words = duration ? `${clock(video.currentTime)} / ${clock(duration)}` : "";
    seek.ariaValueText = words.replace("/", "of");
    this.part("clock").textContent = words;
  }

  paintWalk() {
    const { walk } = this;
    if (!walk) return;
    const percent = walk.total ? Math.floor((100 * walk.done) / walk.total) : 0;
    this.part("walked").style.width = `${percent}%`;
    this.part("track").ariaValueNow = String(percent);
    const left = walk.secondsLeft;
    this.part("walk-words").textContent = walk.total
      ? `${walk.done.toLocaleString("en")} of ${counted(walk.total, "frame")}${left === undefined ? "" : ` · about ${lasting(left)} left`}`
      : "Opening the video …";
  }

  // -- what people do

  listen() {
    const on = (target, kind, act) => target.addEventListener(kind, act, { signal: this.listeners.signal });
    const pick = this.part("pick");
    on(pick, "change", () => {
      const [file] = pick.files;
      if (file) this.open(file);
      pick.value = ""; // the same may be chosen again
    });
    for (const kind of ["play", "pause", "ended", "loadeddata"]) on(this.video, kind, () => this.paint());
    for (const kind of ["timeupdate", "seeked", "durationchange"]) on(this.video, kind, () => this.paintPlace());
    on(this.part("seek"), "input", ({ target }) => this.goTo(Number(target.value)));
    on(this.part("label-all"), "click", () => this.label());
    on(this.part("stop-walk"), "click", () => this.walk?.stop());
    // All of the page takes a file that is dropped: a browser would leave the page and show it.
    on(window, "dragover", (event) => this.holds(event) && event.preventDefault());
    on(window, "drop", (event) => {
      if (!this.holds(event)) return;
      event.preventDefault();
      const [file] = event.dataTransfer.files;
      if (file) this.open(file);
    });
    on(this.part("stage"), "dragenter", () => this.view.root.classList.add("is-over"));
    for (const kind of ["dragleave", "drop"]) on(this.part("stage"), kind, () => this.view.root.classList.remove("is-over"));
  }

  holds(event) {
    return !event.defaultPrevented && [...event.dataTransfer.types].includes("Files");
  }

  close() {
    this.turn = -1;
    this.listeners.abort();
    this.leave();
    this.view.close();
  }
}

const liveVideos = new WeakMap();

/** Streamlit calls this at the start and again after every rerun; what it returns is called at the end. */
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".live-video");
  let live = liveVideos.get(parentElement);
  if (live?.root !== root) {
    live?.close();
    live = new LiveVideo(root);
    liveVideos.set(parentElement, live);
  }
  live.update(data, setTriggerValue);
  return () => {
    liveVideos.get(parentElement)?.close();
    liveVideos.delete(parentElement);
  };
}
