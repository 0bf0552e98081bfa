// A panel of the light-box: where the model sees a label in the picture, and which training pictures the picture resembles.

const LOOKED_AT = 150; // milliseconds at a picture before the server is asked
const SMALL = 160; // pixels
const OFF = "";

class LooksPanel {
  constructor(box) {
    this.box = box;
    this.looks = new Looks();
    this.overlay = element("div", "heat-map");
    this.overlay.append(this.looks.map);
    this.wanted = OFF; // "predicted", "true", "=" and a label, or OFF; it stays while one leafs
    this.element = element("section", "looks");
    this.choice = element("select", "");
    this.choice.setAttribute("aria-label", "Heat map: where the model sees a label");
    this.choice.addEventListener("change", () => this.choose(this.choice.value));
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

  /** By its value in the choice, each label that can be looked at: first the predicted and the true one. */
  choices() {
    const { labels } = this.about;
    const { predicted, true: truth } = this.item;
    const found = new Map();
    if (labels.includes(predicted)) found.set("predicted", predicted);
    if (labels.includes(truth) && truth !== predicted) found.set("true", truth);
    const named = [...found.values()];
    for (const label of labels) if (!named.includes(label)) found.set(`=${label}`, label);
    return found;
  }

  /** What is drawn of this picture: where the true label is wanted and was predicted, the predicted one. */
  drawn() {
    const choices = this.choices();
    if (choices.has(this.wanted) || this.wanted === OFF) return this.wanted;
    const label = this.wanted.startsWith("=") ? this.wanted.slice(1) : "";
    const same = [...choices].find(([, name]) => name === label);
    return same?.[0] ?? (choices.has("predicted") ? "predicted" : OFF);
  }

  paintChoice() {
    const words = { predicted: "Predicted: ", true: "True: " };
    const option = (value, text) => new Option(text, value);
    const options = [...this.choices()].map(([value, label]) => option(value, `${words[value] ?? ""}${label}`));
    this.choice.replaceChildren(option(OFF, "No heat map"), ...options);
    this.choice.value = this.drawn();
  }

  choose(wanted) {
    this.wanted = wanted;
    this.choice.value = this.drawn();
    this.draw();
  }

  /** The next of: predicted label, true label, none. */
  turn() {
    const order = [...["predicted", "true"].filter((value) => this.choices().has(value)), OFF];
    this.choose(order[(order.indexOf(this.drawn()) + 1) % order.length]);
  }

  async draw() {
    const label = this.choices().get(this.drawn());
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

  close() {
    clearTimeout(this.waiting);
    this.looks.close();
  }
}

LightBox.panels.push(LooksPanel);
