// The slideshow in the browser: paints a state, turns keys and clicks into actions. What is shown is decided in
// slideshow_state.js; its pictures are fetched ahead by pictures.js. It knows nothing of where it is shown: a page of the
// dashboard or a file by itself calls `mount`.

const AHEAD = 3;
const BEHIND = 1;
const THUMBNAILS = 24;
/** Characters of a label that narrow buttons have no room for. */
const LONG_LABEL = 12;

// ------------------------------------------------------------------------------------------------- the view

const KEYS = {
  " ": "toggle", ArrowRight: "next", PageDown: "next", ArrowLeft: "previous", PageUp: "previous",
  Home: "first", End: "last", Enter: "reveal", f: "full", b: "blank", ".": "blank", g: "guessFirst",
  "+": "faster", "=": "faster", "-": "slower", "?": "help", h: "look",
};
const REPEATING = new Set(["next", "previous"]);
const FADE_AFTER = 3000;
const SWIPE = 40;

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function icon(holder, name) {
  holder.querySelector("use").setAttribute("href", `#i-${name}`);
}

const isTyping = (event) =>
  event
    .composedPath()
    .some((node) => node instanceof HTMLElement && (node.matches("input, textarea, select") || node.isContentEditable));

class Show {
  constructor(root) {
    this.root = root;
    this.around = {};
    this.pictures = new Pictures((address) => this.around.load?.(address) ?? address);
    this.heatMaps = new HeatMaps(this);
    this.turn = 0;
    this.listeners = new AbortController();
    this.fullScreen = new FullScreen(root, () => this.paintFull(), this.listeners.signal);
    this.listen();
  }

  part(name) {
    return this.root.querySelector(`.${name}`);
  }

  /** Take what `Slideshow.packed` made: the same deck keeps its place, another one starts over. */
  update(data) {
    const received = JSON.stringify([data.words, data.offered, data.slides]);
    const name = `${data.name}/${hashOf(identity(data))}`;
    const settings = {
      seconds: data.seconds, guessFirst: data.guess_first, players: data.players, batch: data.batch,
    };
    const { title, mark, total, confidence, looks } = data;
    const words = { title, mark, total, confidence, looks };
    if (name !== this.name) {
      this.name = name;
      this.deck = readDeck(data);
      this.state = restore(this.name, this.deck, settings);
      this.paintChoices();
    } else if (JSON.stringify([settings, words, received]) === this.known) {
      return;
    } else {
      this.deck = readDeck(data); // the same, its pictures perhaps in another size
      this.change(settings);
    }
    this.known = JSON.stringify([settings, words, received]);
    this.settings = settings;
    this.words = words;
    this.render();
  }

  /** Take other settings in the middle of a show; what was guessed in another company counts no more. */
  change({ seconds, guessFirst, players, batch }) {
    if (guessFirst !== this.settings.guessFirst && guessFirst !== this.state.guessFirst) {
      this.state = reduce(this.state, "guessFirst", undefined, this.deck);
    }
    if (seconds !== this.settings.seconds) this.state = { ...this.state, seconds };
    if (players.length !== this.state.players.length) this.state = { ...this.state, guesses: new Map() };
    this.state = { ...this.state, players };
    if (batch !== this.state.batch) this.state = resize(this.state, batch);
  }

  act(action, value) {
    if (action === "full") return this.fullScreen.toggle();
    if (action === "look") return this.heatMaps.turn();
    const other = this.around.actions?.[action];
    if (other) return other(value);
    this.state = reduce(this.state, action, value, this.deck);
    this.render();
    if (action === "guessFirst") this.around.onGuessFirst?.(this.state.guessFirst);
    // Whoever steers by keys is taken along into what opened, and back.
    if (action === "help") (this.state.help ? this.part("help").querySelector("button") : this.root).focus();
  }

  // -- painting

  /** Paint the controls at once, and the slide as soon as its picture can be shown. */
  render() {
    const { state, deck } = this;
    const turn = ++this.turn;
    this.stopClock();
    save(this.name, state);
    this.paintControls();
    const going = state.order.length > 0 && !state.ended;
    const several = going && state.batch > 1;
    for (const name of ["stage", "caption", "score", "head"]) this.part(name).hidden = !going;
    this.root.classList.toggle("is-batch", several);
    for (const name of ["picture", "heat-map"]) this.part(name).hidden = several;
    this.part("tiles").hidden = !several;
    this.part("summary").hidden = !state.ended;
    this.part("empty").hidden = state.order.length > 0;
    if (state.ended) this.paintSummary();
    if (!going) return this.around.onPaint?.(this);
    const entries = places(state).map((place) => this.pictures.get(deck.slides[state.order[place]].picture));
    const waiting = entries.some((entry) => entry.status === "loading");
    this.part("stage").classList.toggle("is-waiting", waiting);
    if (!waiting) this.paintSlides(entries);
    else Promise.all(entries.map((entry) => entry.done)).then(() => turn === this.turn && this.paintSlides(entries));
  }

  /** Paint what is on the screen: one slide, or the tiles of a batch. */
  paintSlides(entries) {
    const { state, deck } = this;
    this.part("stage").classList.remove("is-waiting");
    this.part("title").textContent = this.words.title;
    this.part("place").textContent = this.placeWords();
    this.part("ask").hidden = !hidden(state);
    this.part("question").textContent = this.question();
    if (state.batch > 1) paintTiles(this, entries);
    else this.paintSlide(entries[0], deck.slides[state.order[state.at]]);
    this.heatMaps.paint();
    this.paintScore();
    this.paintBar();
    this.announce();
    this.around.onPaint?.(this);
    this.preload();
    this.startClock();
  }

  paintSlide(entry, slide) {
    const { state } = this;
    this.paintPicture(entry, slide);
    this.part("answer").hidden = hidden(state);
    this.part("choices").hidden = false;
    // Nothing of the answer stays in the page while it is hidden.
    if (hidden(state)) this.part("answer").classList.remove("is-right", "is-wrong");
    this.paintWords(hidden(state) ? null : slide);
  }

  paintPicture(entry, slide) {
    const holder = this.part("picture");
    if (entry.status === "broken") {
      holder.replaceChildren(element("p", "broken", "This picture cannot be shown."));
      return;
    }
    entry.image.alt = hidden(this.state) ? "Picture to guess" : `Picture of ${slide.truth}`;
    if (holder.firstChild !== entry.image || holder.childNodes.length > 1) holder.replaceChildren(entry.image);
  }

  paintWords(slide) {
    const answer = this.part("answer");
    const verdict = slide?.correct ? "right" : "wrong";
    if (slide) {
      answer.classList.toggle("is-right", slide.correct);
      answer.classList.toggle("is-wrong", !slide.correct);
      icon(this.part("verdict"), verdict);
    }
    const words = {
      "verdict-word": slide ? verdict.toUpperCase() : "",
      predicted: slide?.predicted ?? "",
      truth: slide?.truth ?? "",
      confidence: slide && this.words.confidence ? percent(slide.confidence) : "",
    };
    for (const [name, text] of Object.entries(words)) {
      this.part(name).textContent = text;
      this.part(name).title = text;
      this.part(name).classList.toggle("is-long", text.length > 24);
    }
    this.paintGuess(slide);
    this.part("note").textContent = slide?.note ?? "";
    this.part("noted").hidden = !slide?.note;
    this.part("groups").textContent = slide?.groups ?? "";
    this.part("grouped").hidden = !slide?.groups;
    const top = this.words.confidence ? (slide?.top ?? []) : [];
    this.part("top").hidden = !top.length;
    this.part("top").replaceChildren(...top.map((row) => this.topRow(row, slide)));
  }

  paintGuess(slide) {
    const given = (slide && this.state.guesses.get(this.state.at)) ?? [];
    this.root.querySelectorAll(".guessed").forEach((row) => row.remove());
    this.part("noted").before(...given.map((guess, player) => this.guessRow(guess, player, slide)));
  }

  guessRow(guess, player, slide) {
    const { players } = this.state;
    const verdict = guess === slide.truth ? "right" : "wrong";
    const row = this.part("guess-row").content.firstElementChild.cloneNode(true);
    row.className = `guessed is-${verdict}`;
    row.querySelector("dt").textContent = players.length > 1 ? players[player] : "Your guess";
    row.querySelector(".guess").textContent = guess;
    row.querySelector(".guess-word").textContent = verdict;
    icon(row, verdict);
    return row;
  }

  question() {
    const { players, batch } = this.state;
    if (batch > 1) return "What are they?";
    return players.length > 1 ? `${players[guessing(this.state).length]}: what is it?` : "What is it?";
  }

  topRow({ label, share: probability }, slide) {
    const row = element("li", "top-row");
    const name = element("span", "top-name", label);
    name.title = label;
    const track = element("span", "top-track");
    const fill = element("span", "top-fill");
    fill.style.width = `${Math.max(0.5, probability * 100)}%`;
    track.append(fill);
    row.classList.toggle("is-truth", label === slide.truth);
    row.append(name, element("span", "top-share", percent(probability)), track);
    return row;
  }

  paintScore() {
    const { state, deck } = this;
    const words = scoreWords(state, deck);
    const against = duel(state, deck);
    this.part("score-name").textContent = words.name;
    this.part("score-model").textContent = words.score;
    this.part("score-error").textContent = words.error ?? "";
    this.part("score-error").hidden = !words.error;
    this.part("score-mark").textContent = this.words.mark;
    this.part("score-mark").hidden = !this.words.mark || kind(state, deck) !== "all";
    this.part("score-duel").textContent = against.of ? duelWords(against) : "";
    this.part("score-duel").hidden = !against.of && !(state.guessFirst && state.batch === 1);
  }

  placeWords() {
    const { at, order, batch } = this.state;
    const last = places(this.state).at(-1);
    const which = last > at ? `${counted(at + 1)} to ${counted(last + 1)}` : counted(at + 1);
    const of = { 1: "Mistake " }[batch] ?? "Mistakes ";
    return `${kind(this.state, this.deck) === "mistakes" ? of : ""}${which} of ${counted(order.length)}`;
  }

  paintBar() {
    const { at, order, ended } = this.state;
    const bar = this.part("bar");
    bar.setAttribute("aria-valuemax", String(order.length));
    bar.setAttribute("aria-valuenow", String(at + 1));
    bar.setAttribute("aria-valuetext", ended ? "Summary" : this.placeWords());
    const last = places(this.state).at(-1) ?? -1;
    this.part("bar-fill").style.width = order.length ? `${((last + 1) / order.length) * 100}%` : "0";
  }

  paintControls() {
    const { state } = this;
    const play = this.part("play");
    const words = state.playing ? "Pause" : "Play";
    icon(play, state.playing ? "pause" : "play");
    play.setAttribute("aria-label", words);
    play.title = `${words} (Space)`;
    this.part("seconds").textContent = `${state.seconds}\u00a0s`;
    this.part("guess-first").setAttribute("aria-pressed", String(state.guessFirst));
    this.part("black").hidden = !state.blank;
    this.part("help").hidden = !state.help;
    for (const name of ["look", "key-look"]) this.part(name).hidden = !this.words.looks;
    this.root.classList.toggle("is-empty", !state.order.length);
    this.root.classList.toggle("is-playing", state.playing);
    for (const button of this.part("controls").querySelectorAll("button")) {
      button.disabled = !state.order.length && !["help", "full"].includes(button.dataset.do);
    }
  }

  paintChoices() {
    const buttons = this.deck.labels.map((label, index) => {
      const button = element("button", "button choice");
      button.type = "button";
      button.title = label;
      button.addEventListener("click", () => this.act("guess", label));
      if (index < 9) button.append(element("kbd", "", String(index + 1)));
      button.append(element("span", "choice-word", label));
      return button;
    });
    this.part("choices").classList.toggle("is-long", this.deck.labels.some((label) => label.length > LONG_LABEL));
    this.part("choices").replaceChildren(...buttons);
  }

  paintSummary() {
    const { state, deck, words } = this;
    const all = kind(state, deck) === "all";
    const against = duel(state, deck);
    const places = missed(state, deck);
    const [figure, count, error] = endWords(state, deck);
    const say = (name, text) => {
      this.part(name).textContent = text;
      this.part(name).hidden = !text;
    };
    say("summary-name", state.mistakesOnly ? "Only the mistakes" : words.title);
    say("summary-share", figure);
    say("summary-count", count);
    say("summary-error", error);
    const notes = noted(state, deck);
    const marks = words.mark.split("; ").filter((mark) => mark && !notes.has(mark));
    say("summary-notes", [...[...notes].map(([note, number]) => `${counted(number)} ${note}`), ...marks].join(" · "));
    say("summary-duel", against.of ? `${duelWords(against)}${outcome(against)}` : "");
    say("summary-total", words.total);
    say("summary-heading", !all ? "" : places.length ? plural(places.length, "mistake") : "No mistakes");
    say("summary-more", places.length > THUMBNAILS ? `and ${counted(places.length - THUMBNAILS)} more` : "");
    this.part("only-mistakes").hidden = !all || !mistakes(deck).length;
    this.part("everything").hidden = !state.mistakesOnly;
    this.part("mistakes").replaceChildren(...places.slice(0, THUMBNAILS).map((at) => this.thumbnail(at)));
    this.paintBar();
    this.part("announcer").textContent = `The end. ${[figure, count].filter(Boolean).join(", ")}.`;
  }

  thumbnail(at) {
    const slide = this.deck.slides[this.state.order[at]];
    const button = element("button", "mistake");
    const image = new Image();
    image.loading = "lazy";
    image.alt = "";
    image.src = this.pictures.load(slide.picture);
    button.type = "button";
    button.title = `${slide.truth} → ${slide.predicted}`;
    button.append(image, element("span", "mistake-truth", slide.truth), element("span", "mistake-predicted", `→ ${slide.predicted}`));
    button.addEventListener("click", () => this.act("jump", at));
    return button;
  }

  announce() {
    const { state, deck } = this;
    const words = places(state)
      .filter((place) => !closed(state, place))
      .map((place) => this.spoken(deck.slides[state.order[place]], state.batch > 1 ? `${place - state.at + 1}: ` : ""));
    if (hidden(state)) words.unshift(this.question());
    const text = `${state.batch > 1 ? "Slides" : "Slide"} ${this.placeWords()}. ${words.join(" ")}`;
    if (this.part("announcer").textContent !== text) this.part("announcer").textContent = text;
  }

  spoken({ predicted, truth, confidence, correct }, number) {
    const sure = this.words.confidence ? `, ${percent(confidence)}` : "";
    return `${number}Predicted label ${predicted}${sure}. True label ${truth}: ${correct ? "right" : "wrong"}.`;
  }

  preload() {
    const { at, order, batch } = this.state;
    const ahead = batch > 1 ? 2 * batch - 1 : AHEAD;
    const behind = batch > 1 ? batch : BEHIND;
    const around = order.slice(Math.max(0, at - behind), at + ahead + 1).map((index) => this.deck.slides[index].picture);
    this.pictures.keep(around);
    around.forEach((address) => this.pictures.get(address));
  }

  // -- time

  /** The time of a slide runs from the moment it is on the screen. */
  startClock() {
    if (!this.state.playing) return;
    const duration = this.state.seconds * 1000;
    this.clock = setTimeout(() => this.act("tick"), duration);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const steps = [{ transform: "scaleX(0)" }, { transform: "scaleX(1)" }];
    this.countdown = this.part("countdown").animate(steps, { duration });
  }

  stopClock() {
    clearTimeout(this.clock);
    this.countdown?.cancel();
  }

  // -- full screen

  paintFull() {
    const full = this.fullScreen.isOn;
    const button = this.part("full-screen");
    const words = full ? "Leave full screen" : "Full screen";
    this.root.classList.toggle("is-full", full);
    icon(button, full ? "unfull" : "full");
    button.setAttribute("aria-label", words);
    button.title = `${words} (F)`;
    // Whatever was focused behind the full screen must not get its keys.
    if (full && !this.root.matches(":focus-within")) this.root.focus({ preventScroll: true });
    this.wake();
  }

  /** Show controls and cursor; in full screen they fade when nothing moves. */
  wake() {
    clearTimeout(this.fading);
    this.root.classList.remove("is-idle");
    if (this.fullScreen.isOn) this.fading = setTimeout(() => this.root.classList.add("is-idle"), FADE_AFTER);
  }

  // -- keys, clicks, touch

  listen() {
    const on = (target, kind, handle) => target.addEventListener(kind, handle, { signal: this.listeners.signal });
    on(document, "keydown", (event) => this.onKey(event));
    on(this.root, "click", (event) => this.onClick(event));
    on(this.root, "mousedown", (event) => this.onMouseDown(event));
    on(this.root, "pointermove", () => this.wake());
    on(this.part("bar"), "click", (event) => this.onBar(event));
    on(this.part("stage"), "pointerdown", (event) => (this.touch = event.pointerType === "touch" ? event : null));
    on(this.part("stage"), "pointerup", (event) => this.onSwipe(event));
    this.paintFull();
  }

  onClick(event) {
    const action = event.target.closest("[data-do]")?.dataset.do;
    if (action) this.act(action);
  }

  /** A click leaves the focus on the show, so that the next Space plays it and does not press the button again. */
  onMouseDown(event) {
    if (!event.target.closest("button, .stage, .bar")) return;
    event.preventDefault();
    this.root.focus({ preventScroll: true });
  }

  onBar(event) {
    const { left, width } = this.part("bar").getBoundingClientRect();
    const place = Math.floor(((event.clientX - left) / width) * this.state.order.length);
    this.act("jump", Math.min(place, this.state.order.length - 1));
  }

  onSwipe(event) {
    if (!this.touch || event.pointerId !== this.touch.pointerId) return;
    const [dx, dy] = [event.clientX - this.touch.clientX, event.clientY - this.touch.clientY];
    this.touch = null;
    if (Math.abs(dx) > SWIPE && Math.abs(dx) > 1.5 * Math.abs(dy)) this.act(dx < 0 ? "next" : "previous");
  }

  /**
   * Keys are meant for the show when they come from it, from something that merely surrounds it, or from the menu's link
   * to this page, which has the focus of who came by it.
   */
  isMine(event) {
    const origin = event.composedPath()[0];
    const host = this.root.getRootNode().host ?? this.root;
    const around = origin === document || origin.contains(host) || origin.matches("a[aria-current=page]");
    return event.composedPath().includes(this.root) || this.fullScreen.isOn || around;
  }

  onKey(event) {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (isTyping(event) || !this.isMine(event) || !this.root.getClientRects().length) return;
    // Over the show there is one button: Escape closes what Tab must not leave.
    if (event.key === "Tab" && this.state.help) event.preventDefault();
    if (["Shift", "Tab", "CapsLock"].includes(event.key)) return;
    if (this.onKeyOver(event) || this.state.help) return;
    const origin = event.composedPath()[0];
    if (origin.closest?.("button") && [" ", "Enter"].includes(event.key)) return;
    if (origin.closest?.("a") && event.key === "Enter") return;
    if (/^[1-9]$/.test(event.key) && hidden(this.state)) {
      const number = Number(event.key) - 1;
      const { batch, at } = this.state;
      const label = this.deck.labels[number];
      if (batch > 1) this.take(event, "open", at + number);
      else if (label !== undefined) this.take(event, "guess", label);
      return;
    }
    const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action && !(action === "reveal" && !hidden(this.state))) this.take(event, action);
  }

  /** Keys while something lies over the show, or it fills the window: true when the key has been used up. */
  onKeyOver(event) {
    const closing = event.key === "Escape" || event.key === "?";
    if (this.state.blank) this.take(event, "blank");
    else if (this.state.help && closing) this.take(event, "help");
    else if (this.fullScreen.fillsWindow && event.key === "Escape") this.take(event, "full");
    else return false;
    return true;
  }

  take(event, action, value) {
    event.preventDefault();
    if (!event.repeat || REPEATING.has(action)) this.act(action, value);
  }

  close() {
    shows.delete(this.root);
    this.listeners.abort();
    this.stopClock();
    clearTimeout(this.fading);
    this.heatMaps.clear();
    this.turn += 1;
    this.pictures.keep([]);
  }
}

// -------------------------------------------------------------------------------------------- what is called

const shows = new WeakMap();

/**
 * Show a deck in an element with the markup of slideshow.html; in one that has a show already it is the show's new deck.
 * `data` is what `Slideshow.packed` made. `around` is the place that it is shown in, each where there is any:
 * `load(address)` returns what an image loads for a picture's address, `looks` answers for `Looks`, and
 * `onGuessFirst(on)` is called where the switch is set, `onPaint(show)` where a slide or the end was painted, and a function
 * of `actions` in place of the show's own action of that name.
 */
function mount(root, data, around = {}) {
  if (!shows.has(root)) shows.set(root, new Show(root));
  const show = shows.get(root);
  show.around = around;
  show.update(data);
  return show;
}
