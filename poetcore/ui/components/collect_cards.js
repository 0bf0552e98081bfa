// A label's card: its button to hold down, how many pictures there are, and the strip of them.

function countedWords(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

function made(kind, className, more = {}) {
  const element = document.createElement(kind);
  Object.assign(element, { className }, more);
  if (kind === "button") element.type = "button";
  return element;
}

/** `acts` has press(label), release(), remove(label, names), drop(label). */
class Card {
  constructor(known, acts, signal) {
    Object.assign(this, { label: known.label, acts, signal, element: made("li", "card") });
    this.called = made("span", "called", { textContent: known.label });
    this.count = made("span", "count");
    this.away = made("button", "button away", { textContent: "Remove", ariaLabel: `Remove the label ${known.label}` });
    this.button = made("button", "button first hold", { textContent: "Hold to take pictures", ariaLabel: `Hold to take pictures of ${known.label}` });
    this.strip = made("div", "strip");
    Object.assign(this.strip, { role: "group", ariaLabel: `Pictures of ${known.label}: choose one to delete it` });
    const head = made("div", "head");
    head.append(this.called, this.count, this.away);
    this.element.append(head, this.button, this.strip);
    this.listen();
    this.update(known);
  }

  on(target, type, act) {
    target.addEventListener(type, act, { signal: this.signal });
  }

  listen() {
    const { button, acts } = this;
    let pressed = false;
    const press = (event) => {
      event.preventDefault();
      pressed = true;
      acts.press(this.label);
    };
    const release = () => {
      if (pressed) acts.release();
      pressed = false;
    };
    this.on(button, "pointerdown", (event) => {
      if (event.button !== 0) return;
      button.focus({ preventScroll: true });
      button.setPointerCapture(event.pointerId);
      press(event);
    });
    for (const type of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) this.on(button, type, release);
    this.on(button, "contextmenu", (event) => event.preventDefault());
    this.on(button, "keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      if (event.repeat) event.preventDefault();
      else press(event);
    });
    this.on(button, "keyup", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      release();
    });
    // A screen reader's click has neither a pointer nor a key: one picture.
    this.on(button, "click", (event) => {
      if (event.detail || pressed) return;
      press(event);
      release();
    });
    this.on(this.away, "click", () => acts.drop(this.label));
    this.on(this.strip, "click", (event) => this.choose(event.target.closest("button")));
    this.on(this.strip, "keydown", (event) => this.key(event));
  }

  choose(button) {
    const burst = button?.closest(".burst");
    if (!burst) return;
    const name = button.dataset.name;
    this.acts.remove(this.label, name ? [name] : [...burst.querySelectorAll(".thumb")].map((one) => one.dataset.name));
  }

  /** One stop of the Tab key for the whole strip; arrows go along it. */
  key(event) {
    const all = [...this.strip.querySelectorAll("button")];
    const place = all.indexOf(event.target.closest("button"));
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (place >= 0 && step) {
      event.preventDefault();
      all[Math.min(Math.max(place + step, 0), all.length - 1)].focus();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.choose(event.target.closest("button"));
    }
  }

  update(known) {
    this.pictures = known.pictures;
    this.others = known.pictures - known.holds.reduce((sum, one) => sum + one.count, 0);
    this.strip.replaceChildren();
    for (const { hold, pictures } of [...known.holds].reverse()) {
      for (const picture of pictures) this.show(hold, picture);
    }
    this.holds = known.holds.length;
    this.words();
  }

  /** Show a picture that was just taken. */
  add(hold, picture) {
    this.pictures += 1;
    if (!this.burst(hold)) this.holds += 1;
    this.show(hold, picture);
    this.words();
  }

  burst(hold) {
    return [...this.strip.children].find((one) => one.dataset.hold === hold);
  }

  show(hold, { name, sha }) {
    let burst = this.burst(hold);
    if (!burst) {
      burst = made("div", "burst");
      burst.dataset.hold = hold;
      burst.append(made("div", "row"), made("button", "button whole", { tabIndex: -1 }));
      this.strip.prepend(burst);
    }
    const thumb = made("button", "thumb", { tabIndex: -1, title: "Delete this picture" });
    thumb.dataset.name = name;
    const picture = made("img", "", { alt: "", loading: "lazy", draggable: false, src: `/poet/picture/${sha}?pixels=120` });
    thumb.append(picture);
    burst.firstChild.prepend(thumb);
  }

  words() {
    const other = this.others ? `, ${this.others.toLocaleString("en")} of them not from here` : "";
    const holds = this.holds ? ` in ${countedWords(this.holds, "hold")}` : "";
    this.count.textContent = this.pictures ? `${countedWords(this.pictures, "picture")}${holds}${other}` : "no pictures yet";
    this.away.hidden = this.pictures > 0;
    this.strip.hidden = !this.strip.childElementCount;
    for (const burst of this.strip.children) {
      const thumbs = [...burst.querySelectorAll(".thumb")];
      thumbs.forEach((one, place) => (one.ariaLabel = `Delete picture ${thumbs.length - place} of ${this.label}`));
      burst.lastChild.textContent = `Delete ${thumbs.length === 1 ? "it" : `all ${thumbs.length}`}`;
      burst.lastChild.ariaLabel = `Delete this hold of ${this.label}: ${countedWords(thumbs.length, "picture")}`;
    }
    const all = this.strip.querySelectorAll("button");
    all.forEach((one, place) => (one.tabIndex = place ? -1 : 0));
  }

  held(isHeld, taken) {
    this.button.classList.toggle("is-held", isHeld);
    this.button.textContent = isHeld ? `Taking … ${taken}` : "Hold to take pictures";
  }
}
