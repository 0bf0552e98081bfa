// The slideshow on a page of the dashboard.

const mounted = new WeakMap();

/** Less than this is no room for a show: it is as high as the window allows then, and the page scrolls. */
const LEAST_ROOM = 352;

/** Fit a show into what is left of the window below what stands above it; return what ends that. */
function fit(root) {
  const main = root.getRootNode().host?.closest("[data-testid=stMain]") ?? root.closest("[data-testid=stMain]");
  if (!main) return () => {};
  const measure = () => {
    if (root.classList.contains("is-full")) return;
    const top = root.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop;
    const room = Math.floor(main.clientHeight - top - 12);
    if (room >= LEAST_ROOM) root.style.setProperty("--room", `${room}px`);
    else root.style.removeProperty("--room");
  };
  const watch = new ResizeObserver(measure);
  for (const one of [main, ...main.children]) watch.observe(one);
  return () => watch.disconnect();
}

/** Streamlit calls this at the start and again after every rerun; what it returns is called at the end. */
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".show");
  let here = mounted.get(parentElement);
  if (here?.root !== root) {
    here?.close();
    here = { root, audience: new Audience(), unfit: fit(root) };
    here.close = () => {
      here.unfit();
      here.audience.close();
      here.show?.close();
    };
    mounted.set(parentElement, here);
  }
  const { audience } = here;
  const around = {
    looks: askLooks,
    actions: audience.actions,
    onGuessFirst: (on) => setStateValue("guess_first", on),
    onPaint: (show) => audience.paint(show),
  };
  here.show = mount(root, data, around);
  audience.update(data.audience);
  return () => {
    mounted.get(parentElement)?.close();
    mounted.delete(parentElement);
  };
}
