// Where the model looks, over the slides on the screen: H draws the heat map of the predicted label, then that of the true
// one where it is another, then none. What is still hidden has none, as it would give the answer away.

const MAPS = ["", "predicted", "truth"];

class HeatMaps {
  constructor(show) {
    this.show = show;
    this.wanted = MAPS[0]; // it stays from slide to slide
    this.drawn = [];
  }

  /** What can be asked: {run, sets}, sets where a slide's label stands for several of the model's; null for nothing. */
  get offered() {
    return this.show.words.looks;
  }

  turn() {
    if (!this.offered) return;
    const differ = !this.offered.sets && this.slides().some(({ slide }) => !slide.correct);
    const order = MAPS.slice(0, differ ? 3 : 2);
    this.wanted = order[(order.indexOf(this.wanted) + 1) % order.length];
    this.paint();
  }

  /** The slides on the screen whose labels are shown, each with the element that holds its picture. */
  slides() {
    const { state, deck } = this.show;
    const single = [this.show.part("heat-map")];
    const holders = state.batch > 1 ? this.show.root.querySelectorAll(".tile-picture") : single;
    return places(state)
      .map((place, number) => ({ place, slide: deck.slides[state.order[place]], holder: holders[number] }))
      .filter(({ place }) => !closed(state, place));
  }

  /** Draw what is wanted over what is on the screen. */
  paint() {
    const wanted = this.offered && !this.show.state.ended ? this.wanted : "";
    this.show.part("look").setAttribute("aria-pressed", String(Boolean(wanted)));
    const slides = wanted ? this.slides() : [];
    const now = JSON.stringify([wanted, slides.map(({ slide }) => [slide.picture, slide.predicted, slide.truth])]);
    if (now === this.now && this.show.state.batch === 1) return;
    this.now = now;
    this.clear();
    this.drawn = slides.map((one) => this.draw(one, wanted));
  }

  draw({ slide, holder }, wanted) {
    const looks = new Looks(this.show.around.looks);
    const label = wanted === "truth" ? slide.truth : (slide.top[0]?.label ?? slide.predicted);
    const [, sha] = /([^/]+?)(?:\?.*)?$/.exec(slide.picture);
    holder.append(looks.map);
    looks.draw(this.offered.run, sha, label).then((problem) => {
      // Of several pictures the labels differ.
      if (problem !== null) this.say(problem || mapWords(this.drawn.length > 1 ? "the label" : label));
    });
    return looks;
  }

  say(text) {
    this.show.part("look-note").textContent = text;
    this.show.part("look-note").hidden = false;
  }

  clear() {
    for (const looks of this.drawn) {
      looks.close();
      looks.map.remove();
    }
    this.drawn = [];
    this.show.part("look-note").hidden = true;
  }
}
