// The place to drop pictures on, the buttons beside it, and what is told while they are sent.

class Area {
  constructor(root) {
    this.root = root;
    this.listeners = new AbortController();
    this.listen();
  }

  part(name) {
    return this.root.querySelector(`.${name}`);
  }

  update(data, send) {
    this.data = data;
    this.tellPython = send;
    if (transfer.phase === "done" && transfer.turn === data.ended) transfer.rest();
    this.paint();
  }

  // -- what is shown

  paint() {
    const { phase } = transfer;
    this.part("zone").hidden = phase !== "idle";
    this.part("sending").hidden = phase === "idle";
    this.part("problem").hidden = !transfer.problem;
    if (this.part("problem").textContent !== transfer.problem) this.part("problem").textContent = transfer.problem;
    this.part("name").textContent = transfer.name;
    this.part("words").textContent = this.words();
    this.part("estimate").textContent = this.estimate();
    this.part("again").hidden = phase !== "failed";
    this.part("cancel").hidden = phase === "done";
    const percent = phase === "done" ? 100 : ["sending", "waiting"].includes(phase) ? Math.floor(100 * transfer.share) : 0;
    this.part("bar").style.width = `${percent}%`;
    this.part("track").ariaValueNow = String(percent);
    this.hear(phase === "sending" ? `${Math.floor(percent / 25) * 25} % sent` : this.words());
    this.paintUnfinished();
    if (phase === "done" && this.told !== transfer.turn && this.tellPython) {
      this.told = transfer.turn;
      this.tellPython("done", transfer.turn);
    }
  }

  words() {
    if (transfer.phase === "idle") return "";
    if (transfer.phase === "reading") return `Reading ${counted(transfer.count, "file")} …`;
    if (transfer.phase === "done") return "is here. Looking at what came …";
    if (transfer.phase === "failed") return "";
    if (transfer.phase === "waiting") return "The server does not answer; trying again …";
    return `${transfer.here.toLocaleString("en")} of ${counted(transfer.total, "file")}`;
  }

  estimate() {
    if (transfer.phase !== "sending") return "";
    const left = transfer.secondsLeft;
    const words = `${sized(transfer.bytes)} of ${sized(transfer.toSend)}`;
    return left === undefined ? words : `${words} · about ${lasting(left)} left`;
  }

  /** Tell screen readers, but each thing once only. */
  hear(words) {
    if (this.heard === words) return;
    this.heard = words;
    this.part("heard").textContent = words;
  }

  paintUnfinished() {
    const shown = this.data ? this.data.unfinished.filter((one) => one.id !== transfer.id) : [];
    const received = JSON.stringify(shown);
    this.part("unfinished").hidden = !shown.length || transfer.phase !== "idle";
    if (received === this.painted) return;
    this.painted = received;
    this.part("unfinished").replaceChildren(...shown.map((one) => this.row(one)));
  }

  row(one) {
    const row = document.createElement("li");
    const told = document.createElement("span");
    told.className = "told";
    const whole = one.here === one.total;
    told.textContent = whole
      ? `${one.name}: all ${counted(one.total, "file")} are here.`
      : `${one.name}: ${one.here.toLocaleString("en")} of ${counted(one.total, "file")} are here. ` +
        "Drop or choose the same again to go on; nothing is sent twice.";
    row.append(told);
    const button = (words, act) => {
      const made = document.createElement("button");
      Object.assign(made, { type: "button", className: "button", textContent: words, ariaLabel: `${words}: ${one.name}` });
      made.addEventListener("click", act, { signal: this.listeners.signal });
      row.append(made);
    };
    if (one.here) button(whole ? "Use them" : "Use what is here", () => this.tellPython("done", turnOf(one.id)));
    button("Discard", async () => {
      if (await discard(one.id)) row.remove();
    });
    return row;
  }

  // -- what people do

  listen() {
    const { signal } = this.listeners;
    const on = (target, type, act) => target.addEventListener(type, act, { signal });
    for (const way of ["folder", "zip", "photos"]) {
      const input = this.part(`pick-${way}`);
      on(this.part(way), "click", () => input.click());
      on(input, "change", () => {
        const files = [...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
        input.value = ""; // the same may be chosen again
        if (files.length) transfer.begin(files);
      });
    }
    on(this.part("cancel"), "click", () => {
      transfer.cancel();
      this.paint();
      this.part("folder").focus();
    });
    on(this.part("again"), "click", () => transfer.go());
    // All of the page takes what is dropped, unless something else on it does: a browser would open the file.
    on(window, "dragover", (event) => this.over(event, true));
    on(window, "dragleave", (event) => !event.relatedTarget && this.over(event, false));
    on(window, "drop", (event) => this.drop(event));
    let painting;
    on(transfer, "change", () => {
      // Hundreds of files a second are painted ten times a second.
      painting ??= setTimeout(() => {
        painting = undefined;
        if (!signal.aborted) this.paint();
      }, 100);
    });
  }

  /** Whether what is dragged is for this area: Streamlit's own uploaders claim all of the page but themselves, too. */
  holdsFiles(event) {
    const free = !event.defaultPrevented || event.composedPath().includes(this.root);
    return free && [...event.dataTransfer.types].includes("Files");
  }

  over(event, isOver) {
    if (isOver && !this.holdsFiles(event)) return;
    if (isOver) event.preventDefault();
    this.part("zone").classList.toggle("is-over", isOver);
  }

  drop(event) {
    this.part("zone").classList.remove("is-over");
    if (!this.holdsFiles(event)) return;
    event.preventDefault();
    if (transfer.phase !== "idle") return;
    // At once: after this event the browser forgets what was dropped.
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (entries.length) transfer.drop(entries);
  }

  close() {
    this.listeners.abort();
  }
}

const areas = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".upload");
  let area = areas.get(parentElement);
  if (area?.root !== root) {
    area?.close();
    area = new Area(root);
    areas.set(parentElement, area);
  }
  area.update(data, setTriggerValue);
  return () => {
    areas.get(parentElement)?.close();
    areas.delete(parentElement);
  };
}
