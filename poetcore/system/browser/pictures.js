// Pictures that are fetched ahead, each decoded in an element of its own before anyone sees it.

class Pictures {
  /** `load(address)` returns what an image loads for it, where that is something else. */
  constructor(load = (address) => address) {
    this.load = load;
    this.entries = new Map();
  }

  get(address) {
    if (!this.entries.has(address)) this.entries.set(address, this.fetch(address));
    return this.entries.get(address);
  }

  fetch(address) {
    const image = new Image();
    const entry = { image, status: "loading" };
    image.alt = "";
    image.draggable = false;
    image.src = this.load(address);
    const settle = () => {
      entry.status = image.complete && image.naturalWidth > 0 ? "ready" : "broken";
    };
    entry.done = image.decode().then(settle, settle);
    return entry;
  }

  forget(address) {
    this.entries.delete(address);
  }

  /** Forget all others, so that memory stays flat and skipped pictures stop loading. */
  keep(addresses) {
    for (const [address, entry] of this.entries) {
      if (addresses.includes(address)) continue;
      if (entry.status === "loading") entry.image.removeAttribute("src");
      this.entries.delete(address);
    }
  }
}
