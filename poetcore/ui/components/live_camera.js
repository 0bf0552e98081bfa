// The camera as a source of the live view: starting, stopping, choosing among several, mirroring.

class LiveCamera {
  constructor(root) {
    this.view = new LiveView(root);
    this.camera = new Camera(this.view.part("video"));
    this.source = {
      element: this.camera.video,
      time: () => performance.now() / 1000,
      frame: (side) => this.camera.frame(side),
      live: true,
    };
    this.listeners = new AbortController();
    const on = (target, kind, act) => target.addEventListener(kind, act, { signal: this.listeners.signal });
    on(this.camera, "change", () => this.onChange());
    on(this.part("cameras"), "change", ({ target }) => this.start(target.value));
    if (navigator.mediaDevices) on(navigator.mediaDevices, "devicechange", () => this.paintCameras());
    Object.assign(this.view.more, {
      start: () => this.start(startedCamera.device ?? ""),
      stop: () => this.stop(),
      mirror: () => this.mirror(!this.mirrored),
      next: () => this.next(),
    });
    Object.assign(this.view.moreKeys, { m: "mirror", c: "next" });
    this.onChange();
    if (startedCamera.device !== null) this.start(startedCamera.device);
  }

  part(name) {
    return this.view.part(name);
  }

  async start(device) {
    this.part("problem").textContent = "";
    this.part("starting").hidden = false;
    const opened = await this.camera.open(device);
    this.part("starting").hidden = true;
    if (opened) startedCamera.device = this.camera.device;
  }

  stop() {
    startedCamera.device = null;
    this.camera.close();
  }

  async next() {
    const cameras = await this.camera.devices();
    const at = cameras.findIndex(({ id }) => id === this.camera.device);
    if (this.camera.isOpen && cameras.length > 1) this.start(cameras[(at + 1) % cameras.length].id);
  }

  mirror(is) {
    this.mirrored = is;
    this.view.root.classList.toggle("is-mirrored", is);
    this.part("mirror").setAttribute("aria-pressed", String(is));
  }

  onChange() {
    const { camera } = this;
    this.part("begin").hidden = camera.isOpen;
    this.part("stop").hidden = !camera.isOpen;
    this.part("problem").textContent = camera.problem;
    this.part("mirror").disabled = !camera.isOpen;
    if (camera.isOpen) {
      this.mirror(camera.isFront);
      this.view.watch(this.source);
    } else this.view.stop();
    this.paintCameras();
  }

  async paintCameras() {
    const cameras = await this.camera.devices();
    const list = this.part("cameras");
    list.replaceChildren(...cameras.map(({ id, name }) => new Option(name, id, false, id === this.camera.device)));
    this.part("choose").hidden = !this.camera.isOpen || cameras.length < 2;
  }

  close() {
    this.listeners.abort();
    this.camera.end();
    this.view.close();
  }
}

const liveCameras = new WeakMap();

/** Streamlit calls this at the start and again after every rerun; what it returns is called at the end. */
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".live");
  let live = liveCameras.get(parentElement);
  if (live?.view.root !== root) {
    live?.close();
    live = new LiveCamera(root);
    liveCameras.set(parentElement, live);
  }
  live.view.update(data);
  return () => {
    liveCameras.get(parentElement)?.close();
    liveCameras.delete(parentElement);
  };
}
