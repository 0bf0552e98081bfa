// The panel of the light-box with which pictures are selected, to be repaired once one is back at the gallery.

class SelectPanel {
  constructor(picker) {
    this.picker = picker;
    this.element = element("div", "selecting");
    this.boxes = [["s", "the picture"], ["d", "the second one of a pair"]].map(([key, which]) => this.box(key, which));
    this.keys = this.boxes.map(({ key, which, input }) => ({ key, words: `select ${which}, to repair it`, act: () => input.click() }));
  }

  box(key, which) {
    const holder = element("label", "");
    const input = Object.assign(element("input", ""), { type: "checkbox" });
    const words = element("span", "");
    input.setAttribute("aria-keyshortcuts", key);
    holder.append(input, words, element("kbd", "", key.toUpperCase()));
    this.element.append(holder);
    const one = { key, which, holder, input, words };
    input.addEventListener("change", () => this.select(one));
    return one;
  }

  /** A review ends in repairs of its own. */
  offered(about) {
    return !about.evaluation;
  }

  show(item) {
    this.boxes.forEach((one, place) => {
      one.item = place ? item.other : item;
      one.holder.hidden = !one.item?.mark;
      one.words.textContent = item.other ? `Select the ${place ? "second" : "first"}` : "Select to repair";
      one.input.checked = Boolean(one.item) && this.picker.marks.has(one.item);
    });
  }

  select({ item, input }) {
    if (!item?.mark) return;
    this.picker.select([{ path: item.path, sha: item.sha, ...item.mark }], input.checked);
    this.picker.box.say(`${input.checked ? "Selected" : "Not selected any more"}: ${this.picker.marks.size} in all.`);
  }
}
