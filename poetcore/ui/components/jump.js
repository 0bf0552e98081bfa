// A way from what was chosen to what it shows: the heading with an anchor is scrolled to and gets the focus, once for each time
// that it was asked for.

const TRIES = 40;
const EVERY = 100; // milliseconds

const done = new Map(); // by anchor, which time was last gone to

export default function ({ data }) {
  const { anchor, times } = data;
  const before = done.get(anchor);
  done.set(anchor, times);
  if (!times || before === times) return;
  let left = TRIES;
  const go = () => {
    const heading = document.getElementById(anchor);
    if (!heading) {
      left -= 1;
      if (left) setTimeout(go, EVERY);
      return;
    }
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
  };
  go();
}
