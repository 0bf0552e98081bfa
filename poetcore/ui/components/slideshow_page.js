// The slideshow on a page of the dashboard.

const mounted = new WeakMap();

/** Streamlit calls this at the start and again after every rerun; what it returns is called at the end. */
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".show");
  const last = mounted.get(parentElement);
  if (last?.root !== root) last?.close();
  const around = { looks: askLooks, onGuessFirst: (on) => setStateValue("guess_first", on) };
  mounted.set(parentElement, mount(root, data, around));
  return () => {
    mounted.get(parentElement)?.close();
    mounted.delete(parentElement);
  };
}
