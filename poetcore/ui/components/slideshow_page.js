// The slideshow on a page of the dashboard.

const mounted = new WeakMap();

/** Streamlit calls this at the start and again after every rerun; what it returns is called at the end. */
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".show");
  let here = mounted.get(parentElement);
  if (here?.root !== root) {
    here?.close();
    here = { root, audience: new Audience() };
    here.close = () => {
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
