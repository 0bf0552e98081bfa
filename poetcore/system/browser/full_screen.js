// Full screen for one element of a page.

class FullScreen {
  /** `paint` is called where it may have changed, until `signal` is aborted. */
  constructor(root, paint, signal) {
    Object.assign(this, { root, paint, fillsWindow: false });
    document.addEventListener("fullscreenchange", paint, { signal });
  }

  /** Whether the element fills the screen, or the window. */
  get isOn() {
    return this.fillsWindow || this.root.getRootNode().fullscreenElement === this.root;
  }

  async toggle() {
    if (this.isOn) {
      if (!this.fillsWindow) await document.exitFullscreen().catch(() => {});
      this.fillsWindow = false;
    } else {
      // Phones that give full screen only to films, and frames that forbid it, get the whole window.
      await this.root.requestFullscreen?.().catch(() => (this.fillsWindow = true));
      this.fillsWindow ||= !this.root.requestFullscreen;
    }
    this.paint();
  }
}
