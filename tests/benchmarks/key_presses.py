"""What a key takes in the browser: from the key to the next picture on the screen, whole and painted."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["time_keys"]

_SCRIPT = """
(selector) => {
  window.steps = [];
  const find = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.matches(selector)) return node;
      const inside = node.shadowRoot && find(node.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  const root = find(document).getRootNode();
  const shown = () => root.querySelector(selector);
  window.addEventListener("keydown", (event) => {
    const pressed = event.timeStamp, before = shown()?.src;
    const look = () => {
      const image = shown();
      if (!image || image.src === before || !image.complete) return requestAnimationFrame(look);
      // A message is delivered after the frame is painted.
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => window.steps.push(performance.now() - pressed);
        channel.port2.postMessage(0);
      });
    };
    look();
  }, { capture: true });
}
"""


def time_keys(page: "Page", selector: str) -> None:
    """Begin to add the milliseconds that each key takes to `window.steps`.

    Args:
        page: on which the picture is, in whichever component.
        selector: of the picture.
    """
    page.evaluate(_SCRIPT, selector)
