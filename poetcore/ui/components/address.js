// One entry of the browser's history for one thing that was done. Streamlit first moves to a page's bare address and writes
// what is chosen into it a moment later, each as an entry of its own: Back would need two presses a page. How a page shows
// it, such as the settings of a slideshow, is no place to go back to.

/** Milliseconds in which what is written into one page's address belongs to the entry before. */
const TOGETHER = 1000;

/** What makes a place of its own of an address, beside its page. */
const PLACES = ["dataset", "demo", "run", "view"];

const samePlace = (from, to) =>
  PLACES.every((name) => from.searchParams.get(name) === to.searchParams.get(name));

export default function () {
  if (window.poetAddress) return;
  window.poetAddress = true;
  const push = history.pushState.bind(history);
  let last = -Infinity;
  history.pushState = (state, title, address) => {
    const from = new URL(location.href);
    const to = new URL(address ?? from.href, from.href);
    const soon = from.search === "" || performance.now() - last < TOGETHER;
    const same = to.pathname === from.pathname && (soon || samePlace(from, to));
    last = performance.now();
    if (same) history.replaceState(state, title, address);
    else push(state, title, address);
  };
}
