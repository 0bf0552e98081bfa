// A panel of the light-box: where the model sees a label in the picture, and which training pictures the picture resembles.

const LOOKED_AT = 150; // milliseconds at a picture before the server is asked
const SMALL = 160; // pixels
const OFF = "";
const LOOK_ICON = `<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2">
  <circle cx="12" cy="12" r="8" /><circle cx="12" cy="12" r="3" fill="currentColor" stroke="none" /><path d="M12 1v5M12 18v5M1 12h5M18 12h5" />
</svg>`;

class LooksPanel {
  constructor(box) {
    this.box = box;
    this.looks = new Looks(askLooks);
    this.overlay = element("div", "heat-map");
    this.overlay.append(this.looks.map);
    this.wanted = OFF; // a value of the choice; it stays while one leafs
    this.element = element("section", "looks");
    this.choice = element("select", "");
    this.choice.setAttribute("aria-label", "Heat map: where the model sees a label");
    this.choice.addEventListener("change", () => this.choose(this.choice.value));
    this.tool = Object.assign(element("button", "look"), { type: "button", title: "Heat map: where the model looks (H)", innerHTML: LOOK_ICON });
    this.tool.setAttribute("aria-label", "Heat map");
    this.tool.addEventListener("click", () => this.turn());
    this.note = element("p", "looks-note");
    this.note.setAttribute("role", "status");
    this.alike = element("div", "alike");
    this.element.append(element("h3", "", "Where it looks"), this.choice, this.note);
    this.element.append(element("h3", "", "What it resembles"), this.alike);
    this.keys = [{ key: "h", words: "heat map: of the predicted label, of the true one, none", act: () => this.turn() }];
  }

  offered(about) {
    return Boolean(about.run);
  }

  show(item, about) {
    clearTimeout(this.waiting);
    Object.assign(this, { item, about });
    this.looks.close();
    this.note.textContent = "";
    this.alike.replaceChildren();
    this.paintChoice();
    this.waiting = setTimeout(() => {
      this.draw();
      this.compare();
    }, LOOKED_AT);
  }

  /**
   * What can be looked at, [{value, label, words}]: the predicted and the true label first, each of them where a picture has
   * several. A value is "predicted" or "true" and a number, so that it means the same of the next picture, or "=" and a label.
   */
  choices() {
    const { labels } = this.about;
    const named = (text) => (labels.includes(text) ? [text] : labels.filter((label) => text.split(/\||, | and /).includes(label)));
    const predicted = named(this.item.predicted);
    const truths = named(this.item.true).filter((label) => !predicted.includes(label));
    return [
      ...predicted.map((label, at) => ({ value: `predicted${at}`, label, words: `Predicted: ${label}` })),
      ...truths.map((label, at) => ({ value: `true${at}`, label, words: `True: ${label}` })),
      ...labels
        .filter((label) => !predicted.includes(label) && !truths.includes(label))
        .map((label) => ({ value: `=${label}`, label, words: label })),
    ];
  }

  /** What is drawn of this picture: the wanted one; the predicted label where there is none such, as where it is the true one. */
  drawn() {
    const { wanted } = this;
    const choices = wanted === OFF ? [] : this.choices();
    const same = ({ value, label }) => value === wanted || `=${label}` === wanted;
    return choices.find(same) ?? choices.find(({ value }) => !value.startsWith("="));
  }

  paintChoice() {
    const options = this.choices().map(({ value, words }) => new Option(words, value));
    this.choice.replaceChildren(new Option("No heat map", OFF), ...options);
    this.paintChosen();
  }

  paintChosen() {
    const drawn = this.drawn();
    this.choice.value = drawn?.value ?? OFF;
    this.tool.setAttribute("aria-pressed", String(Boolean(drawn)));
  }

  choose(wanted) {
    this.wanted = wanted;
    this.paintChosen();
    this.draw();
  }

  /** The next of: each predicted label, each true one, none. */
  turn() {
    const order = [...this.choices().map(({ value }) => value).filter((value) => !value.startsWith("=")), OFF];
    this.choose(order[(order.indexOf(this.drawn()?.value ?? OFF) + 1) % order.length]);
  }

  async draw() {
    const label = this.drawn()?.label;
    if (label === undefined) {
      this.looks.clear();
      this.note.textContent = "";
      return;
    }
    const problem = await this.looks.draw(this.about.run, this.item.sha, label);
    if (problem !== null) this.note.textContent = problem || mapWords(label);
  }

  async compare() {
    const told = await this.looks.similar(this.about.run, this.item.sha);
    if (!told) return;
    const shown = told.error ? [element("p", "", told.error)] : told.similar.map((one) => this.card(one));
    this.alike.replaceChildren(...shown);
  }

  /** A training picture with its label and how alike it is. */
  card({ sha, name, label, words }) {
    const image = Object.assign(new Image(), { alt: "", loading: "lazy", src: `${PICTURE}${sha}?pixels=${SMALL}` });
    const title = `${name}, similarity ${words}`;
    const link = Object.assign(element("a", ""), { href: PICTURE + sha, target: "_blank", rel: "noopener", title });
    link.append(image, element("b", "", label), element("span", "", words));
    return link;
  }

  kept() {
    return this.wanted;
  }

  resume(wanted) {
    this.wanted = wanted;
    this.paintChoice();
  }

  close() {
    clearTimeout(this.waiting);
    this.looks.close();
  }
}

LightBox.panels.push(LooksPanel);
