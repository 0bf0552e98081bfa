// Several slides on the screen at once: a grid of tiles, each with its picture, verdict and labels.

/** Paint the batch of a show; a tile that is still hidden is a button which reveals it. */
function paintTiles(show, entries) {
  const { state, deck } = show;
  const holder = show.part("tiles");
  const focused = [...holder.children].indexOf(show.root.getRootNode().activeElement?.closest(".tile"));
  const tiles = places(state).map((place, number) => {
    const slide = deck.slides[state.order[place]];
    return closed(state, place) ? closedTile(show, entries[number], number) : openTile(show, entries[number], slide);
  });
  show.part("answer").hidden = true;
  show.part("choices").hidden = true;
  holder.dataset.batch = String(state.batch);
  holder.replaceChildren(...tiles);
  if (focused < 0) return;
  // Who steers by keys goes on to the next hidden tile.
  const buttons = [...holder.querySelectorAll("button")];
  const next = buttons.find((button) => tiles.indexOf(button.closest(".tile")) > focused) ?? buttons[0] ?? show.root;
  next.focus({ preventScroll: true });
}

function tileOf(show, name, entry, alt) {
  const tile = show.part(name).content.firstElementChild.cloneNode(true);
  const picture = tile.querySelector(".tile-picture");
  if (entry.status === "broken") {
    picture.prepend(element("span", "broken", "This picture cannot be shown."));
  } else {
    entry.image.alt = alt;
    picture.prepend(entry.image);
  }
  return tile;
}

function closedTile(show, entry, number) {
  const tile = tileOf(show, "tile-closed", entry, "Picture to guess");
  const button = tile.querySelector("button");
  button.setAttribute("aria-label", `Reveal picture ${number + 1}`);
  button.addEventListener("click", () => show.act("open", show.state.at + number));
  tile.querySelector("kbd").textContent = String(number + 1);
  return tile;
}

function openTile(show, entry, slide) {
  const tile = tileOf(show, "tile-open", entry, `Picture of ${slide.truth}`);
  const verdict = slide.correct ? "right" : "wrong";
  tile.classList.add(`is-${verdict}`);
  icon(tile, verdict);
  const words = {
    "tile-verdict": verdict.toUpperCase(),
    "tile-predicted": slide.predicted,
    "tile-confidence": show.words.confidence ? percent(slide.confidence) : "",
    "tile-truth": slide.truth,
    "tile-note": [slide.groups, slide.note].filter(Boolean).join(" · "),
  };
  for (const [name, text] of Object.entries(words)) {
    const part = tile.querySelector(`.${name}`);
    part.textContent = text;
    part.title = text;
  }
  tile.querySelector(".tile-note").hidden = !slide.note && !slide.groups;
  return tile;
}
