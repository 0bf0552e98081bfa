// The bar of a review on the page. It follows the light-box without asking Python, and tells it once the light-box was closed.

class ReviewBar {
  constructor(root) {
    this.root = root;
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    const own = (act) => (event) => {
      if (event.detail.address === this.address) act(event.detail);
    };
    this.part("button").addEventListener("click", () => this.next(), { signal });
    window.addEventListener("poet-review", own(({ words, reviewed }) => this.paint(words, reviewed)), { signal });
    window.addEventListener("poet-review-closed", own(() => this.send("changed", Date.now())), { signal });
  }

  part(name) {
    return this.root.querySelector(name);
  }

  update(data, send) {
    this.send = send;
    this.data = data;
    this.address = `/poet/review/${encodeURIComponent(data.run)}/${encodeURIComponent(data.evaluation)}`;
    this.paint(data.words, data.reviewed);
    this.part("button").textContent = data.button;
    this.part("button").hidden = !data.button;
    if (data.ask && data.ask.id !== this.asked?.id) this.askUntilShown((this.asked = data.ask));
  }

  paint(words, reviewed) {
    if (!words) return;
    this.part(".words").textContent = words;
    Object.assign(this.part("progress"), { max: Math.max(1, this.data.mistakes), value: reviewed });
  }

  /** Open the next picture without a verdict; where no gallery of the page has one, ask Python to show them. */
  next() {
    if (!this.ask()) this.send("show", Date.now());
  }

  /** The gallery of what Python chose is drawn after this bar. */
  askUntilShown(asked, tries = 50) {
    if (asked === this.asked && tries && !this.ask(asked.sha)) setTimeout(() => this.askUntilShown(asked, tries - 1), 200);
  }

  ask(sha = "") {
    const detail = { address: this.address, sha, taken: false };
    window.dispatchEvent(new CustomEvent("poet-review-next", { detail }));
    return detail.taken;
  }
}

const bars = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".review-bar");
  let bar = bars.get(parentElement);
  if (bar?.root !== root) {
    bar?.listeners.abort();
    bar = new ReviewBar(root);
    bars.set(parentElement, bar);
  }
  bar.update(data, setTriggerValue);
  return () => {
    bars.get(parentElement)?.listeners.abort();
    bars.delete(parentElement);
  };
}
