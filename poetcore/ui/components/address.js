// One entry of the browser's history for one thing that was done. Streamlit first moves to a page's bare address and writes
// what is chosen into it a moment later, each as an entry of its own: Back would need two presses a page.

/** Milliseconds in which what is written into one page's address belongs to the entry before. */
const TOGETHER = 1000;

export default function () {
  if (window.poetAddress) return;
  window.poetAddress = true;
  const push = history.pushState.bind(history);
  let last = -Infinity;
  history.pushState = (state, title, address) => {
    const from = location;
    const to = new URL(address ?? from.href, from.href);
    const same = to.pathname === from.pathname && (from.search === "" || performance.now() - last < TOGETHER);
    last = performance.now();
    if (same) history.replaceState(state, title, address);
    else push(state, title, address);
  };
}
