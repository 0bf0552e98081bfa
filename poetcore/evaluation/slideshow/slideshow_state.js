// What the slideshow shows: pure functions of a deck and a state. slideshow.js, which paints it, follows in the same
// module.

const SPEEDS = [1, 2, 4, 8, 15, 30];

/** Unpack what Python sent: words are numbers there. */
function readDeck(data) {
  const word = (number) => data.words[number];
  const slides = data.slides.map(([picture, truth, predicted, confidence, top, note, groups]) => ({
    picture,
    truth: word(truth),
    predicted: word(predicted),
    confidence,
    correct: truth === predicted,
    note: note < 0 ? "" : word(note),
    groups: groups < 0 ? "" : word(groups),
    top: Array.from({ length: top.length / 2 }, (_, i) => ({ label: word(top[2 * i]), share: top[2 * i + 1] })),
  }));
  return { slides, labels: data.words.slice(0, data.offered), show: data.show };
}

const everything = (deck) => deck.slides.map((_, index) => index);
const mistakes = (deck) => everything(deck).filter((index) => !deck.slides[index].correct);

/** What is shown: "all", only "mistakes" or only "correct" ones; of the last two a share of right ones says nothing. */
const kind = (state, deck) => (state.mistakesOnly ? "mistakes" : deck.show);

/**
 * Begin a show of `order`, indices into the deck. Places (`at`, `seen`, `guesses`) count along `order`; a guess is
 * a label of each player, in the order of `players`. `batch` slides are on the screen at once, from `at` on; of a hidden
 * batch those in `open` are revealed already.
 */
function begin(order, { seconds, guessFirst, players, batch = 1, mistakesOnly = false, playing = false }) {
  const state = {
    order, mistakesOnly, seconds, guessFirst, players, batch, playing,
    at: 0, seen: new Set(), guesses: new Map(), revealed: false, open: new Set(), ended: false, blank: false, help: false,
  };
  return order.length ? visit(state, 0) : { ...state, playing: false };
}

/** The places that are on the screen. */
const places = ({ at, batch, order }) => Array.from({ length: Math.min(batch, order.length - at) }, (_, i) => at + i);

/** Go to the batch of a place; past the last slide is the summary. A slide counts as seen once its words have been. */
function visit(state, place) {
  if (place >= state.order.length) return { ...state, ended: true, playing: false };
  const at = Math.max(0, Math.floor(place / state.batch) * state.batch);
  const there = { ...state, at, ended: false, revealed: false, open: new Set() };
  return state.guessFirst && !places(there).every((one) => state.seen.has(one)) ? there : reveal(there);
}

const reveal = (state) => ({ ...state, revealed: true, seen: new Set([...state.seen, ...places(state)]) });
const pause = (state) => ({ ...state, playing: false });
const hidden = (state) => !state.revealed && !state.ended && state.order.length > 0;

/** Whether the words of a place on the screen are hidden. */
const closed = (state, place) => hidden(state) && !state.open.has(place);

/** Reveal one of a hidden batch; with the last one the batch is revealed. */
function open(state, place) {
  if (!closed(state, place) || !places(state).includes(place)) return state;
  const opened = { ...pause(state), open: new Set(state.open).add(place), seen: new Set(state.seen).add(place) };
  return places(opened).some((one) => closed(opened, one)) ? opened : reveal(opened);
}

/** Take another number of slides on the screen at once; the present one stays on it. */
function resize(state, batch) {
  const resized = { ...state, batch };
  return state.ended || !state.order.length ? resized : visit(resized, state.at);
}

/** What was guessed for the slide on the screen before all players have: the next one's turn. */
function guessing({ guesses, at, players }) {
  const given = guesses.get(at) ?? [];
  return given.length < players.length ? given : [];
}

const ACTIONS = {
  tick: (state) => (hidden(state) ? reveal(state) : visit(state, state.at + state.batch)),
  next: (state) => (hidden(state) ? reveal(pause(state)) : visit(pause(state), state.at + state.batch)),
  previous: (state) => visit(pause(state), state.ended ? state.at : state.at - state.batch),
  first: (state) => visit(pause(state), 0),
  last: (state) => visit(pause(state), state.order.length - 1),
  jump: (state, place) => visit(pause(state), place),
  reveal: (state) => (hidden(state) ? reveal(pause(state)) : state),
  guess: (state, label) => {
    if (!hidden(state) || state.batch > 1) return state;
    const guesses = new Map(state.guesses).set(state.at, [...guessing(state), label]);
    const next = { ...pause(state), guesses };
    return guessing(next).length ? next : reveal(next);
  },
  open,
  toggle: (state) =>
    state.ended ? begin(state.order, { ...state, playing: true }) : { ...state, playing: !state.playing },
  again: (state) => begin(state.order, state),
  mistakes: (state, _, deck) => begin(mistakes(deck), { ...state, mistakesOnly: true }),
  everything: (state, _, deck) => begin(everything(deck), { ...state, mistakesOnly: false }),
  faster: (state) => ({ ...state, seconds: SPEEDS.findLast((speed) => speed < state.seconds) ?? state.seconds }),
  slower: (state) => ({ ...state, seconds: SPEEDS.find((speed) => speed > state.seconds) ?? state.seconds }),
  // Switched on, it hides the slide on the screen too: otherwise the switch would seem to do nothing.
  guessFirst: (state) =>
    state.guessFirst
      ? reveal({ ...state, guessFirst: false })
      : { ...state, guessFirst: true, revealed: false, open: new Set() },
  blank: (state) => ({ ...pause(state), blank: !state.blank }),
  help: (state) => ({ ...pause(state), help: !state.help }),
};

/** The state after an action. An empty deck can only be helped with. */
function reduce(state, action, value, deck) {
  if (!state.order.length && action !== "help") return state;
  return ACTIONS[action](state, value, deck);
}

/** Right and seen among the slides up to the present ones; at the end among all that were seen. */
function score(state, deck) {
  const here = places(state);
  const known = (at) => state.ended || at < state.at || (here.includes(at) && !closed(state, at));
  const counted = [...state.seen].filter(known);
  return { right: counted.filter((at) => deck.slides[state.order[at]].correct).length, seen: counted.length };
}

/** How many of the slides that were seen have which note: a Map from note to number. */
function noted(state, deck) {
  const found = new Map();
  for (const at of state.seen) {
    const { note } = deck.slides[state.order[at]];
    if (note) found.set(note, (found.get(note) ?? 0) + 1);
  }
  return found;
}

/** Who guessed how many right, over the slides for which all have; against the model where it is not always wrong. */
function duel(state, deck) {
  const rounds = [...state.guesses].filter(([, given]) => given.length === state.players.length);
  const right = (player) => rounds.filter(([at, given]) => given[player] === deck.slides[state.order[at]].truth).length;
  const sides = state.players.map((name, player) => ({ name, right: right(player) }));
  if (kind(state, deck) === "all") {
    sides.push({ name: "Model", right: rounds.filter(([at]) => deck.slides[state.order[at]].correct).length });
  }
  return { sides, of: rounds.length };
}

/** The places of the mistakes that were seen, in the order of the show. */
const missed = (state, deck) =>
  [...state.seen].sort((a, b) => a - b).filter((at) => !deck.slides[state.order[at]].correct);

/** 0.934 -> "93 %"; what is not everything never reads as 100 %, what is not nothing never as 0 %. */
function percent(share) {
  if (share < 1 && share >= 0.995) return ">99\u00a0%";
  if (share > 0 && share < 0.005) return "<1\u00a0%";
  return `${Math.round(share * 100)}\u00a0%`;
}

const share = ({ right, seen }) => (seen ? percent(right / seen) : "–");

/** The rest of the share of right ones as it reads: of 7 in 8 they are 88 % and 12 %. */
function errorShare({ right, seen }) {
  if (!seen) return "–";
  const rest = { ">99\u00a0%": "<1\u00a0%", "<1\u00a0%": ">99\u00a0%" };
  return rest[percent(right / seen)] ?? `${100 - Math.round((right / seen) * 100)}\u00a0%`;
}

/** 1200 -> "1,200", as everywhere. */
const counted = (number) => number.toLocaleString("en");
const plural = (number, one) => `${counted(number)} ${one}${number === 1 ? "" : "s"}`;
const duelWords = ({ sides, of }) => sides.map(({ name, right }) => `${name} ${right}/${of}`).join(" · ");

function outcome({ sides }) {
  if (sides.length < 2) return "";
  const most = Math.max(...sides.map(({ right }) => right));
  const [winner, ...more] = sides.filter(({ right }) => right === most);
  if (more.length) return ": a draw";
  return `: ${{ You: "you win", Model: "the model wins", Audience: "the audience wins" }[winner.name] ?? `${winner.name} wins`}`;
}

/** The score in words: of a selection of mistakes or correct ones it counts, and is no accuracy. */
function scoreWords(state, deck) {
  const { right, seen } = score(state, deck);
  const of = counted(state.order.length);
  if (kind(state, deck) === "mistakes") return { name: "Mistakes seen", score: `${counted(seen)} of ${of}` };
  if (kind(state, deck) === "correct") return { name: "Correct ones seen", score: `${counted(seen)} of ${of}` };
  const error = seen ? `Error rate ${errorShare({ right, seen })}` : "";
  return { name: "Right so far", score: `${counted(right)} / ${counted(seen)} · ${share({ right, seen })}`, error };
}

/** The end in words: a large figure, and what it is of. */
function endWords(state, deck) {
  const { right, seen } = score(state, deck);
  const unseen = state.order.length - seen ? `${counted(state.order.length - seen)} not seen` : "";
  if (kind(state, deck) === "mistakes") return [plural(state.order.length, "mistake"), unseen];
  if (kind(state, deck) === "correct") return [`${counted(state.order.length)} correct`, unseen];
  const error = seen ? `error rate ${errorShare({ right, seen })}` : "";
  return [share({ right, seen }), [`${counted(right)} of ${counted(seen)} right`, unseen].filter(Boolean).join(", "), error];
}

// ----------------------------------------------------------------------------------- what a tab remembers of a show

const SAVED = "poet-slideshow/";

/** What tells a deck from others: all but the size in which its pictures are asked for. */
const identity = ({ words, offered, slides }) =>
  JSON.stringify([words, offered, slides.map(([picture, ...rest]) => [picture.split("?")[0], ...rest])]);

/** A number for a deck, to tell it from others (FNV-1a). */
function hashOf(text) {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return (hash >>> 0).toString(36);
}

/** Keep place, score and guesses for whoever leaves the page and comes back. */
function save(name, state) {
  const { mistakesOnly, at, seen, guesses, revealed, open: opened, ended, seconds, batch } = state;
  const kept = { mistakesOnly, at, seen: [...seen], guesses: [...guesses], revealed, open: [...opened], ended, seconds, batch };
  try {
    sessionStorage.setItem(SAVED + name, JSON.stringify(kept));
  } catch {
    forgetAll();
  }
}

/** Make room where the tab's storage is full of other decks; where it is forbidden, the show goes on without. */
function forgetAll() {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(SAVED)) sessionStorage.removeItem(key);
  } catch {
    // Forbidden, as in the preview of a file.
  }
}

/** The state that was saved of a deck, or its beginning. */
function restore(name, deck, settings) {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(SAVED + name));
  } catch {
    // Forbidden or not ours: from the beginning.
  }
  if (!kept) return begin(everything(deck), settings);
  const known = { ...settings, ...kept, batch: kept.batch ?? 1 };
  const state = begin(kept.mistakesOnly ? mistakes(deck) : everything(deck), known);
  if (kept.at >= state.order.length) return resize(state, settings.batch);
  const there = {
    ...state,
    at: kept.at,
    seen: new Set(kept.seen),
    guesses: new Map(kept.guesses.filter(([, given]) => given.length <= settings.players.length)),
    revealed: kept.revealed || !settings.guessFirst,
    open: new Set(kept.open ?? []),
    ended: kept.ended,
  };
  return settings.batch === there.batch ? there : resize(there, settings.batch);
}
