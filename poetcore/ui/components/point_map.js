// A map of pictures: a line drawn around points selects them, as keys do; what is selected is shown by Python below.

const DIRECTIONS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

class PointMap {
  constructor(root) {
    this.root = root;
    this.listeners = new AbortController();
    this.painter = new MapPainter(this.part("points"));
    this.pointers = new Map();
    this.only = new Set();
    this.selected = new Set();
    this.at = -1;
    this.resized = new ResizeObserver(() => this.paint());
    this.resized.observe(this.part("stage"));
    this.listen();
  }

  part(name) {
    return this.root.querySelector(`.${name}`);
  }

  /** Take what Python sent: the points, their labels' looks, and which are selected. */
  update(data, send) {
    this.send = send;
    if (data.set !== this.data?.set) {
      const { scale, left, top } = this.view ?? {};
      this.view = new MapView(data.x, data.y);
      // Pictures that were set aside leave the others where they are: so does the view.
      if (data.map === this.data?.map) Object.assign(this.view, { scale, left, top });
      this.at = -1;
      this.tip(-1);
    }
    const selected = `${data.set} ${data.selected}`;
    if (selected !== this.received) this.selected = new Set(data.selected);
    this.received = selected;
    this.data = data;
    this.hashes = atob(data.hashes);
    this.legend();
    this.part("over").ariaLabel = `Map of ${data.x.length} pictures`;
    this.paint();
  }

  // -- painting

  shown = (point) => !this.only.size || this.only.has(this.data.look[point]);

  paint() {
    if (!this.data || !this.part("stage").clientWidth) return;
    const ink = getComputedStyle(this.root).color;
    this.painter.draw(this.view, { ...this.data, shown: this.shown, selected: this.selected, ink });
    this.part("clear").disabled = !this.selected.size;
    this.trace();
  }

  /** Draw over the points what moves: the line, and a ring around the picture that is looked at. */
  trace(line = []) {
    const canvas = this.part("over");
    const sharp = window.devicePixelRatio || 1;
    [canvas.width, canvas.height] = [canvas.clientWidth * sharp, canvas.clientHeight * sharp];
    const pen = canvas.getContext("2d");
    pen.scale(sharp, sharp);
    pen.strokeStyle = getComputedStyle(this.root).color;
    pen.lineWidth = 2;
    if (line.length) {
      pen.beginPath();
      polygon(pen, line);
      pen.setLineDash([6, 4]);
      pen.stroke();
      pen.globalAlpha = 0.08;
      pen.fillStyle = pen.strokeStyle;
      pen.fill();
    } else if (this.at >= 0) {
      pen.beginPath();
      pen.arc(this.view.across[this.at], this.view.down[this.at], 9, 0, 7);
      pen.stroke();
    }
  }

  /** Show a point's picture beside it; -1 for none. */
  tip(point) {
    this.at = point;
    const tip = this.part("tip");
    tip.hidden = point < 0;
    if (point < 0) return;
    const source = `/poet/picture/${this.sha(point)}?pixels=240`;
    if (tip.firstElementChild.getAttribute("src") !== source) tip.firstElementChild.src = source;
    tip.lastElementChild.textContent = this.label(point);
    const { clientWidth: width, clientHeight: height } = this.part("stage");
    const across = this.view.across[point] + 16;
    tip.style.left = `${across + 182 > width ? Math.max(4, across - 214) : across}px`;
    tip.style.top = `${Math.min(Math.max(4, this.view.down[point] - 60), Math.max(4, height - 180))}px`;
  }

  legend() {
    const { legend, looks } = this.data;
    const drawn = JSON.stringify([legend, looks]);
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      this.only.clear();
      this.part("legend").replaceChildren(...legend.map((words, label) => this.entry(words, label)));
    }
    this.part("legend").hidden = !legend.length;
    this.part("legend").classList.toggle("filtered", this.only.size > 0);
    [...this.part("legend").children].forEach((entry, label) => (entry.ariaPressed = String(this.only.has(label))));
  }

  entry(words, label) {
    const entry = document.createElement("button");
    entry.type = "button";
    entry.className = "button";
    const [colour, shape] = this.data.looks[label];
    const mark = stamp(shape, colour, 5, 2);
    mark.ariaHidden = "true";
    const text = document.createElement("span");
    text.textContent = words;
    entry.append(mark, text);
    entry.addEventListener("click", () => {
      if (!this.only.delete(label)) this.only.add(label);
      this.legend();
      this.paint();
    });
    return entry;
  }

  label(point) {
    return this.data.words[this.data.said[point]];
  }

  sha(point) {
    const bytes = [...this.hashes.slice(32 * point, 32 * point + 32)];
    return bytes.map((one) => one.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  }

  // -- selecting

  /** Select points alone, with those that are selected (`add`), or take them from these. */
  choose(points, { add = false, remove = false } = {}) {
    const chosen = new Set(add || remove ? this.selected : []);
    for (const point of points) remove ? chosen.delete(point) : chosen.add(point);
    if (!chosen.size && !this.selected.size) return;
    this.selected = chosen;
    this.paint();
    this.say(`${chosen.size} selected.`);
    // Several keys in a row are one choice.
    clearTimeout(this.sending);
    this.sending = setTimeout(() => this.send("chosen", { set: this.data.set, points: [...chosen] }), 200);
  }

  say(words) {
    this.part("live").textContent = words;
  }

  // -- what people do

  listen() {
    const { signal } = this.listeners;
    const on = (name, type, act, options = {}) => this.part(name).addEventListener(type, act, { signal, ...options });
    on("over", "pointerdown", (event) => this.press(event));
    on("over", "pointermove", (event) => this.drag(event));
    on("over", "pointerup", (event) => this.release(event));
    on("over", "pointercancel", (event) => this.release(event, true));
    on("over", "pointerleave", (event) => !this.pointers.size && event.pointerType === "mouse" && this.look(-1));
    on("over", "dblclick", () => this.choose([]));
    on("over", "wheel", (event) => this.wheel(event), { passive: false });
    on("over", "keydown", (event) => this.key(event));
    on("over", "focus", () => this.part("over").matches(":focus-visible") && this.enter());
    on("over", "blur", () => this.look(-1));
    on("in", "click", () => this.zoom(1.5));
    on("out", "click", () => this.zoom(1 / 1.5));
    on("whole", "click", () => this.zoom(0));
    on("clear", "click", () => (this.choose([]), this.part("over").focus()));
    for (const [name, moving] of [["lasso", false], ["move", true]]) {
      on(name, "click", () => {
        this.part("stage").classList.toggle("moving", moving);
        this.part("lasso").ariaPressed = String(!moving);
        this.part("move").ariaPressed = String(moving);
      });
    }
  }

  place(event) {
    const box = this.part("over").getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  press(event) {
    if (event.button) return;
    this.part("over").setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.place(event));
    this.line = this.pointers.size === 1 ? [this.place(event)] : [];
    this.pinched ||= this.pointers.size > 1;
  }

  drag(event) {
    const to = this.place(event);
    const from = this.pointers.get(event.pointerId);
    if (!from) {
      if (event.pointerType === "mouse") this.look(this.view.nearest(...to, this.shown, 12));
      return;
    }
    this.pointers.set(event.pointerId, to);
    if (this.pinched) this.pinch(event.pointerId, from, to);
    else if (this.part("stage").classList.contains("moving")) {
      this.tip(-1);
      this.view.move(to[0] - from[0], to[1] - from[1]);
      this.line.push(to);
      this.paint();
    } else if (Math.hypot(to[0] - this.line.at(-1)[0], to[1] - this.line.at(-1)[1]) > 3) {
      this.tip(-1);
      this.line.push(to);
      this.trace(this.line);
    }
  }

  /** Two fingers enlarge what is between them, and move it. */
  pinch(id, from, to) {
    const other = [...this.pointers].find(([one]) => one !== id)?.[1];
    if (!other) return;
    const apart = (place) => Math.max(10, Math.hypot(place[0] - other[0], place[1] - other[1]));
    this.view.move((to[0] - from[0]) / 2, (to[1] - from[1]) / 2);
    this.view.zoom(apart(to) / apart(from), (to[0] + other[0]) / 2, (to[1] + other[1]) / 2);
    this.tip(-1);
    this.paint();
  }

  release(event, cancelled = false) {
    if (!this.pointers.delete(event.pointerId) || this.pointers.size) return;
    const { line, pinched } = this;
    this.pinched = false;
    this.trace();
    if (pinched || cancelled) return;
    const how = { add: event.shiftKey, remove: event.altKey };
    if (line.length > 2) {
      if (!this.part("stage").classList.contains("moving")) this.choose(this.view.inside(line, this.shown), how);
      return;
    }
    const point = this.view.nearest(...this.place(event), this.shown, event.pointerType === "mouse" ? 12 : 24);
    this.look(point);
    if (point >= 0) this.choose([point], event.shiftKey ? { add: true, remove: this.selected.has(point) } : how);
  }

  look(point) {
    if (point === this.at) return;
    this.tip(point);
    this.trace();
  }

  wheel(event) {
    // The wheel alone scrolls the page; a trackpad's two fingers count as Ctrl and the wheel.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY / 300), ...this.place(event));
  }

  zoom(factor, ...place) {
    if (factor) this.view.zoom(factor, ...place);
    else this.view.whole();
    this.paint();
    if (this.at >= 0) this.tip(this.at);
  }

  /** Begin at the picture that was looked at last, else at the middle. */
  enter() {
    const { clientWidth: width, clientHeight: height } = this.part("stage");
    const begin = this.last >= 0 && this.last < this.data.x.length ? this.last : -1;
    this.go(begin >= 0 && this.shown(begin) ? begin : this.view.nearest(width / 2, height / 2, this.shown));
  }

  go(point) {
    if (point < 0) return;
    this.last = point;
    this.grown = 0;
    if (this.view.show(point)) this.paint();
    this.tip(point);
    this.trace();
    this.say(this.words(point));
  }

  /** What is heard of a point: its label, and those of its neighbours. */
  words(point) {
    const near = new Map();
    for (const one of this.view.around(point, 10, this.shown).slice(1)) {
      near.set(this.label(one), (near.get(this.label(one)) ?? 0) + 1);
    }
    const neighbours = [...near].sort((one, other) => other[1] - one[1]).map(([label, count]) => `${count} ${label}`);
    const around = neighbours.length ? ` Nearest: ${neighbours.slice(0, 3).join(", ")}.` : "";
    return `${this.label(point)}.${around}${this.selected.has(point) ? " Selected." : ""}`;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = DIRECTIONS[event.key];
    const act = direction
      ? () => this.go(this.at < 0 ? this.last ?? -1 : this.view.towards(this.at, ...direction, this.shown))
      : {
          " ": () => this.at >= 0 && this.choose([this.at], { add: true, remove: this.selected.has(this.at) }),
          Enter: () => this.at >= 0 && this.choose([this.at]),
          n: () => this.at >= 0 && this.choose(this.view.around(this.at, (this.grown += 10), this.shown), { add: true }),
          a: () => this.choose([...this.data.x.keys()].filter(this.shown)),
          "+": () => this.nearer(1.5),
          "=": () => this.nearer(1.5),
          "-": () => this.nearer(1 / 1.5),
          0: () => this.zoom(0),
          Escape: () => this.choose([]),
        }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  nearer(factor) {
    if (this.at >= 0) this.zoom(factor, this.view.across[this.at], this.view.down[this.at]);
    else this.zoom(factor);
  }

  close() {
    clearTimeout(this.sending);
    this.listeners.abort();
    this.resized.disconnect();
  }
}

const maps = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".map");
  let map = maps.get(parentElement);
  if (map?.root !== root) {
    map?.close();
    map = new PointMap(root);
    maps.set(parentElement, map);
  }
  map.update(data, setTriggerValue);
  return () => {
    maps.get(parentElement)?.close();
    maps.delete(parentElement);
  };
}
