// What the slideshow shows: pure functions of a deck and a state. slideshow.js, which paints it, follows in the same
// module.

const SPEEDS = [1, 2, 4, 8];

/** Unpack what Python sent: words are numbers there. */
function readDeck(data) {
  const word = (number) => data.words[number];
  const slides = data.slides.map(([picture, truth, predicted, confidence, top, note]) => ({
    picture,
    truth: word(truth),
    predicted: word(predicted),
    confidence,
    correct: truth === predicted,
    note: note < 0 ? "" : word(note),
    top: Array.from({ length: top.length / 2 }, (_, i) => ({ label: word(top[2 * i]), share: top[2 * i + 1] })),
  }));
  return { slides, labels: data.words.slice(0, data.offered) };
}

const everything = (deck) => deck.slides.map((_, index) => index);
const mistakes = (deck) => everything(deck).filter((index) => !deck.slides[index].correct);

/** Begin a show of `order`, indices into the deck. Places (`at`, `seen`, `guesses`) count along `order`. */
function begin(order, { seconds, guessFirst, mistakesOnly = false, playing = false }) {
  const state = {
    order, mistakesOnly, seconds, guessFirst, playing,
    at: 0, seen: new Set(), guesses: new Map(), revealed: false, ended: false, blank: false, help: false,
  };
  return order.length ? visit(state, 0) : { ...state, playing: false };
}

/** Go to a place; past the last slide is the summary. A slide counts as seen once its words have been. */
function visit(state, place) {
  if (place >= state.order.length) return { ...state, ended: true, playing: false };
  const at = Math.max(0, place);
  const there = { ...state, at, ended: false, revealed: false };
  return state.guessFirst && !state.seen.has(at) ? there : reveal(there);
}

const reveal = (state) => ({ ...state, revealed: true, seen: new Set(state.seen).add(state.at) });
const pause = (state) => ({ ...state, playing: false });
const hidden = (state) => !state.revealed && !state.ended && state.order.length > 0;

const ACTIONS = {
  tick: (state) => (hidden(state) ? reveal(state) : visit(state, state.at + 1)),
  next: (state) => (hidden(state) ? reveal(pause(state)) : visit(pause(state), state.at + 1)),
  previous: (state) => visit(pause(state), state.ended ? state.at : state.at - 1),
  first: (state) => visit(pause(state), 0),
  last: (state) => visit(pause(state), state.order.length - 1),
  jump: (state, place) => visit(pause(state), place),
  reveal: (state) => (hidden(state) ? reveal(pause(state)) : state),
  guess: (state, label) =>
    hidden(state)
      ? { ...reveal(pause(state)), guesses: new Map(state.guesses).set(state.at, label) }
      : state,
  toggle: (state) =>
    state.ended ? begin(state.order, { ...state, playing: true }) : { ...state, playing: !state.playing },
  space: (state) => (hidden(state) && !state.playing ? reveal(state) : ACTIONS.toggle(state)),
  again: (state) => begin(state.order, state),
  mistakes: (state, _, deck) => begin(mistakes(deck), { ...state, mistakesOnly: true }),
  everything: (state, _, deck) => begin(everything(deck), { ...state, mistakesOnly: false }),
  faster: (state) => ({ ...state, seconds: SPEEDS.findLast((speed) => speed < state.seconds) ?? state.seconds }),
  slower: (state) => ({ ...state, seconds: SPEEDS.find((speed) => speed > state.seconds) ?? state.seconds }),
  // Switched on, it hides the slide on the screen too: otherwise the switch would seem to do nothing.
  guessFirst: (state) =>
    state.guessFirst ? reveal({ ...state, guessFirst: false }) : { ...state, guessFirst: true, revealed: false },
  blank: (state) => ({ ...pause(state), blank: !state.blank }),
  help: (state) => ({ ...pause(state), help: !state.help }),
};

/** The state after an action. An empty deck can only be helped with. */
function reduce(state, action, value, deck) {
  if (!state.order.length && action !== "help") return state;
  return ACTIONS[action](state, value, deck);
}

/** Right and seen among the slides up to the present one; at the end among all that were seen. */
function score(state, deck) {
  const counted = [...state.seen].filter((at) => state.ended || at < state.at || (at === state.at && state.revealed));
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

/** Audience against model, over the slides that were guessed. */
function duel(state, deck) {
  const rounds = [...state.guesses].map(([at, label]) => ({ label, slide: deck.slides[state.order[at]] }));
  return {
    you: rounds.filter(({ label, slide }) => label === slide.truth).length,
    model: rounds.filter(({ slide }) => slide.correct).length,
    of: rounds.length,
  };
}

/** The places of the mistakes that were seen, in the order of the show. */
const missed = (state, deck) =>
  [...state.seen].sort((a, b) => a - b).filter((at) => !deck.slides[state.order[at]].correct);

/** 0.934 -> "93 %"; what is not everything never reads as 100 %, what is not nothing never as 0 %. */
function percent(share) {
  if (share < 1 && share >= 0.995) return `${(Math.floor(share * 1000) / 10).toFixed(1)}\u00a0%`;
  if (share > 0 && share < 0.005) return "<1\u00a0%";
  return `${Math.round(share * 100)}\u00a0%`;
}

const share = ({ right, seen }) => (seen ? percent(right / seen) : "–");
const duelWords = ({ you, model, of }) => `You ${you}/${of} · Model ${model}/${of}`;

function outcome({ you, model }) {
  if (you === model) return "a draw";
  return you > model ? "you win" : "the model wins";
}
