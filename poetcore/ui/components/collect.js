// Pictures of labels from the camera: the camera, the labels, what is sent and deleted. Python is told once a hold has ended.

async function asked(method, path, query, body) {
  const address = `/poet/collect${path}?${new URLSearchParams(query)}`;
  const answer = await fetch(address, { method, body }).catch(() => null);
  if (!answer) throw new Error("The server does not answer: look whether Poet still runs, and try again.");
  const words = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(words.error ?? "The server could not take this: reload the page and try again.");
  return words;
}

/** Where the page draws this anew, in another place, the camera goes on and what was deleted can come back: `shown` is what
 * stands on the page, `resumed` the camera that was open a moment ago, whichever of both comes first. */
const resumed = { device: "", until: 0 };
const stepsOf = new Map();
let shown;

class Collecting {
  constructor(root) {
    this.root = root;
    this.listeners = new AbortController();
    this.cards = new Map();
    this.turns = Promise.resolve();
    this.added = 0; // pictures that were painted as they were taken
    shown = this;
    this.camera = new Camera(this.part("video"));
    this.listen();
    this.paintCamera();
  }

  part(name) {
    return this.root.querySelector(`.${name}`);
  }

  update(data, tellPython) {
    const moved = data.dataset !== this.data?.dataset;
    Object.assign(this, { data, tellPython });
    if (moved) {
      this.release();
      if (!stepsOf.has(data.dataset)) stepsOf.set(data.dataset, []);
      this.steps = stepsOf.get(data.dataset);
      this.paintUndo();
      this.load();
      if (Date.now() < resumed.until) this.start(resumed.device);
    }
  }

  // -- what is on the disk

  ask(method, path, query = {}, body = undefined) {
    return asked(method, path, { dataset: this.data.dataset, ...query }, body);
  }

  /** Ask for something that is answered with the labels, and paint them. One after the other: of two at once the answer that is
   * late would take away what the other one added, and anew where pictures were taken meanwhile. */
  painted(method, path, query = {}, body = undefined) {
    const { dataset } = this.data;
    const answer = this.turns.then(async () => {
      let { added } = this;
      const state = await this.ask(method, path, { dataset, ...query }, body);
      let newest = state;
      while (added !== this.added) {
        ({ added } = this);
        newest = await this.ask("GET", "", { dataset });
      }
      if (dataset === this.data.dataset) this.paint(newest);
      return state;
    });
    this.turns = answer.catch(() => undefined);
    return answer;
  }

  load() {
    return this.trying(() => this.painted("GET", ""));
  }

  /** Do something, and say in its sentence what went wrong. */
  async trying(act) {
    try {
      this.say("");
      return await act();
    } catch (error) {
      this.say(error.message);
      return undefined;
    }
  }

  paint({ labels }) {
    const kept = new Map();
    for (const known of labels) {
      const card = this.cards.get(known.label) ?? this.card(known);
      card.update(known);
      kept.set(known.label, card);
    }
    this.cards = kept;
    const list = this.part("labels");
    const elements = [...kept.values()].map((card) => card.element);
    if (elements.length !== list.children.length || elements.some((one, place) => one !== list.children[place])) list.replaceChildren(...elements);
    this.part("hint").hidden = labels.length > 1;
  }

  card(known) {
    const acts = {
      press: (label) => this.press(label),
      release: () => this.release(),
      remove: (label, names) => this.remove(label, names),
      drop: (label) => this.trying(() => this.painted("DELETE", "/labels", { label })),
    };
    return new Card(known, acts, this.listeners.signal);
  }

  async add() {
    const field = this.part("name");
    await this.trying(async () => {
      if (!field.value.trim()) return;
      const { added } = await this.painted("POST", "/labels", {}, JSON.stringify({ label: field.value }));
      field.value = "";
      this.hear(`${added} added`);
      this.tell();
    });
    field.focus();
  }

  async remove(label, names) {
    await this.trying(async () => {
      const { step } = await this.ask("DELETE", "/pictures", { label }, JSON.stringify(names));
      if (step) this.steps.push({ step, words: `${countedWords(names.length, "picture")} of ${label} deleted.` });
      await this.painted("GET", "");
      this.cards.get(label)?.strip.querySelector("button")?.focus();
      this.paintUndo();
      this.tell();
    });
  }

  async undo() {
    const last = this.steps.pop();
    await this.trying(() => this.painted("POST", "/undo", { step: last.step }));
    this.paintUndo();
    this.tell();
  }

  paintUndo() {
    const last = this.steps.at(-1);
    this.part("undo").hidden = !last;
    this.part("gone").textContent = last?.words ?? "";
    if (last) this.hear(last.words);
  }

  // -- a button that is held down

  async press(label) {
    if (this.hold?.isHeld) return;
    this.say("");
    if (!this.camera.isOpen) {
      await this.start();
      return; // pressed for the camera; a browser asks whether it may be used, which ends every press
    }
    const send = ({ name }, number, picture) => this.ask("POST", "/pictures", { label, hold: name, number }, picture);
    const hold = new Hold(this.camera, send, label, this.data);
    const { signal } = this.listeners;
    this.hold = hold;
    hold.addEventListener("picture", ({ detail }) => {
      this.added += 1;
      this.cards.get(label)?.add(hold.name, detail);
      this.paintHold(hold);
    }, { signal });
    hold.addEventListener("problem", ({ detail }) => {
      this.paintHold(hold);
      this.say(detail);
    }, { signal });
    hold.addEventListener("end", () => {
      this.hear(`${countedWords(hold.taken, "picture")} of ${label} taken`);
      this.tell();
    }, { signal });
    this.paintHold(hold);
  }

  release() {
    const { hold } = this;
    if (!hold?.isHeld) return;
    hold.release();
    this.paintHold(hold);
  }

  paintHold(hold) {
    this.cards.get(hold.label)?.held(hold.isHeld, hold.taken);
    this.part("view").classList.toggle("is-taking", hold.isHeld);
    this.part("taking").hidden = !hold.isHeld;
    this.part("taking").textContent = `${hold.label}: ${hold.taken}`;
  }

  // -- the camera

  async start(device = this.part("devices").value) {
    if (await this.camera.open(device)) startedCamera.device = this.camera.device;
    const known = await this.camera.devices().catch(() => []);
    const list = this.part("devices");
    list.replaceChildren(...known.map((one) => new Option(one.name, one.id, false, one.id === this.camera.device)));
    this.paintCamera();
  }

  paintCamera() {
    const { camera } = this;
    if (!camera.isOpen) this.release();
    this.part("start").hidden = camera.isOpen;
    this.part("stop").hidden = !camera.isOpen;
    this.part("devices").hidden = !camera.isOpen || this.part("devices").options.length < 2;
    this.part("video").classList.toggle("is-mirrored", camera.isFront);
    if (camera.problem) this.say(camera.problem);
  }

  // -- what is told

  say(words) {
    this.part("problem").hidden = !words;
    this.part("problem").textContent = words;
  }

  hear(words) {
    this.part("heard").textContent = words;
  }

  /** The page shows what is there, and whether it can be trained on; never while pictures are taken. */
  tell() {
    if (!this.hold?.isHeld) this.tellPython("changed", `${Date.now()}`);
  }

  listen() {
    const { signal } = this.listeners;
    const on = (target, type, act) => target.addEventListener(type, act, { signal });
    on(this.part("add"), "submit", (event) => {
      event.preventDefault();
      this.add();
    });
    on(this.part("start"), "click", () => this.start());
    on(this.part("stop"), "click", () => {
      startedCamera.device = null;
      this.camera.close();
    });
    on(this.part("devices"), "change", () => this.start());
    on(this.part("back"), "click", () => this.undo());
    on(this.camera, "change", () => this.paintCamera());
    on(window, "blur", () => this.release());
    on(document, "visibilitychange", () => document.hidden && this.release());
  }

  close() {
    const { isOpen, device } = this.camera;
    this.release();
    this.listeners.abort();
    this.camera.end();
    if (isOpen && shown !== this) shown?.start(device);
    else if (isOpen) Object.assign(resumed, { device, until: Date.now() + 3000 });
    if (shown === this) shown = undefined;
  }
}

const collectings = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".collect");
  let collecting = collectings.get(parentElement);
  if (collecting?.root !== root) {
    collecting?.close();
    collecting = new Collecting(root);
    collectings.set(parentElement, collecting);
  }
  collecting.update(data, setTriggerValue);
  return () => {
    collectings.get(parentElement)?.close();
    collectings.delete(parentElement);
  };
}
