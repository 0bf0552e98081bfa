// An audience that votes with its phones, in the slideshow of a page: tells the server what is on the screen and hears the
// votes. While a slide is hidden the show has the way to the vote page and how many voted; with the answer it has their
// votes by label, and beside its own score that of the audience against the model.

KEYS.a = "invite";

const VOTE_ROWS = 6;
const TRY_AGAIN = 2000;

class Audience {
  constructor() {
    this.offered = null;
    this.listeners = new AbortController();
    // Another window that shows a slide takes the phones along; who comes back to this one has them again.
    addEventListener("focus", () => this.tell(true), { signal: this.listeners.signal });
    /** What a show is to do otherwise. */
    this.actions = { invite: () => this.turn() };
  }

  /** Take what the page says: {id, address, code} of the audience that is open, or null. */
  update(offered) {
    if (offered?.id === this.offered?.id) return;
    this.offered = offered;
    this.news = { slide: "", votes: [], phones: 0, score: { of: 0 } };
    this.version = -1;
    this.said = "";
    this.order = Promise.resolve();
    this.fresh = true; // the way to it is shown large to a room that nobody has entered yet
    this.enlarge(false);
    this.problem = "";
    if (offered) this.actions.guess = () => {}; // who presents does not vote
    else delete this.actions.guess;
    if (offered) this.listen(offered.id);
    if (this.show) this.paint(this.show);
  }

  async ask(id, content) {
    const answer = await fetch(`/poet/audience/${id}`, { method: "POST", body: JSON.stringify(content) });
    if (answer.status === 204) return null;
    const told = await answer.json();
    if (answer.ok) return told;
    throw new Error(told.error);
  }

  /** Hear what is new, as long as there is somebody to hear of. */
  async listen(id) {
    while (id === this.offered?.id) {
      try {
        const news = await this.ask(id, { seen: this.version });
        if (id !== this.offered?.id) return;
        this.problem = news?.ended ?? "";
        if (this.problem) return this.paintNews();
        if (news) this.hear(news);
        this.tell(); // once more, if it did not arrive
      } catch (error) {
        if (id !== this.offered?.id) return;
        this.problem = error instanceof TypeError ? "The dashboard does not answer." : error.message;
        this.paintNews();
        await new Promise((go) => setTimeout(go, TRY_AGAIN));
      }
    }
  }

  hear(news) {
    this.news = news;
    this.version = news.version;
    if (this.show) this.begin();
    this.paintNews();
  }

  /** The first time that news and show are there: a room that nobody has entered yet is shown the way, large. */
  begin() {
    if (!this.fresh || this.version < 0) return;
    this.fresh = false;
    this.enlarge(this.news.phones === 0);
    const { state, deck } = this.show;
    if (this.large && state.guessFirst && !hidden(state)) {
      // Off and on again hides the slide that is up, which nobody has voted on.
      this.show.state = reduce(reduce(state, "guessFirst", undefined, deck), "guessFirst", undefined, deck);
      this.show.render();
    } else this.tell();
  }

  // -- what the phones are told

  /** What is on the screen: a slide to vote on, its answer, or nothing that is voted on. */
  message() {
    const { state, deck } = this.show;
    if (this.large || state.blank || state.ended || !state.order.length || state.batch > 1) return { do: "pause" };
    const slide = deck.slides[state.order[state.at]];
    const asked = { slide: this.slideName(), labels: deck.labels };
    if (hidden(state)) return { do: "ask", ...asked };
    return { do: "reveal", ...asked, truth: slide.truth, predicted: slide.predicted };
  }

  slideName() {
    const { state, deck } = this.show;
    const place = state.order[state.at];
    return `${place} ${deck.slides[place]?.picture.split("?")[0]}`;
  }

  /** Tell what is on the screen where it is something else than before; one after the other. */
  tell(again = false) {
    if (!this.offered || !this.show || this.fresh) return;
    const messages = [this.message()];
    if (this.begunAnew()) messages.unshift({ do: "restart" });
    const said = JSON.stringify(messages);
    if (said === this.said && !again) return;
    this.said = said;
    const { id } = this.offered;
    this.order = this.order.then(() => this.ask(id, { show: messages })).catch(() => (this.said = ""));
  }

  /** Whether the show is another one, or forgot what was seen: then the score begins anew. */
  begunAnew() {
    const { name, state } = this.show;
    const before = this.seen;
    this.seen = { name, count: state.seen.size };
    return Boolean(before) && (before.name !== name || state.seen.size < before.count);
  }

  // -- painting

  /** Show or hide the way to the vote page, large. */
  turn() {
    if (!this.offered) return;
    this.enlarge(!this.large);
    if (this.large && this.show.state.playing) {
      this.show.state = pause(this.show.state);
      this.show.render();
    }
    this.paintNews();
    this.tell();
    (this.large ? this.part("invitation").querySelector("button") : this.show.root).focus({ preventScroll: true });
  }

  /** What goes on in a show goes on from the way to the vote page, and does nothing unseen. */
  enlarge(large) {
    this.large = large;
    for (const action of ["next", "toggle", "reveal"]) {
      if (large) this.actions[action] = () => this.turn();
      else delete this.actions[action];
    }
  }

  part(name) {
    return this.show.root.querySelector(`.${name}`);
  }

  /** Put the parts of an audience into a show, once. */
  enter() {
    const parts = this.show.root.parentNode.querySelector(".audience-parts").content.cloneNode(true);
    this.part("look").before(parts.querySelector(".invite"));
    this.part("reveal").before(parts.querySelector(".voting"));
    this.part("answer").prepend(parts.querySelector(".votes"));
    this.part("help").querySelector("dl").lastElementChild.before(parts.querySelector(".invite-key"));
    this.show.root.append(parts.querySelector(".invitation"));
    this.part("invitation").addEventListener("keydown", (event) => event.key === "Escape" && this.turn());
  }

  /** The show has painted a slide, or its end. */
  paint(show) {
    this.show = show;
    if (!this.part("invite")) {
      if (!this.offered) return;
      this.enter();
    }
    const open = Boolean(this.offered);
    show.root.classList.toggle("has-audience", open);
    for (const name of ["invite", "invite-key"]) this.part(name).hidden = !open;
    if (open) {
      for (const code of show.root.querySelectorAll(".code")) {
        code.src = this.offered.code;
        code.alt = `QR code of ${this.offered.address}`;
      }
      for (const name of ["way-address", "invitation-address"]) {
        this.part(name).textContent = this.offered.address.replace("http://", "");
      }
    }
    this.begin();
    this.tell();
    this.paintNews();
  }

  paintNews() {
    if (!this.show || !this.part("invite")) return;
    const { news, problem, large } = this;
    const open = Boolean(this.offered);
    const here = open && news.slide === this.slideName();
    const votes = here ? news.votes : [];
    const total = votes.reduce((sum, one) => sum + one, 0);
    const say = (name, text) => {
      if (this.part(name).textContent !== text) this.part(name).textContent = text;
    };
    this.part("invitation").hidden = !large;
    this.part("frame").inert = large;
    say("here", problem || (news.phones ? `${plural(news.phones, "phone")} here` : "No phone is here yet."));
    this.part("voting").hidden = !open;
    say("voted-count", problem || plural(total, "vote"));
    say("voted-of", problem ? "" : `of ${plural(news.phones, "phone")}`);
    this.part("votes").hidden = !total;
    this.show.root.classList.toggle("has-votes", total > 0);
    if (total) this.paintVotes(votes, total);
    if (open) this.paintScore();
  }

  /** The labels with the most votes, on a slide that is revealed. */
  paintVotes(votes, total) {
    const { state, deck } = this.show;
    if (hidden(state)) return this.part("votes-rows").replaceChildren();
    const { truth } = deck.slides[state.order[state.at]];
    const most = Math.max(...votes);
    const favourites = deck.labels.filter((_, label) => votes[label] === most);
    const words = favourites.length > 1 ? "A tie" : favourites[0];
    this.part("votes-favourite").textContent = `${words} · ${counted(most)} of ${plural(total, "vote")}`;
    const rows = votes
      .map((count, label) => ({ count, label: deck.labels[label] }))
      .filter(({ count }) => count)
      .sort((a, b) => b.count - a.count)
      .slice(0, VOTE_ROWS);
    this.part("votes-rows").replaceChildren(...rows.map((row) => this.voteRow(row, total, truth)));
  }

  voteRow({ label, count }, total, truth) {
    const row = element("li", "top-row");
    const track = element("span", "top-track");
    const fill = element("span", "top-fill");
    fill.style.width = `${(count / total) * 100}%`;
    track.append(fill);
    row.classList.toggle("is-truth", label === truth);
    row.append(element("span", "top-name", label), element("span", "top-share", counted(count)), track);
    return row;
  }

  paintScore() {
    const { score } = this.news;
    const { state, deck } = this.show;
    const sides = [{ name: "Audience", right: score.audience }];
    if (kind(state, deck) === "all") sides.push({ name: "Model", right: score.model });
    const against = { sides, of: score.of };
    const words = score.of ? duelWords(against) : "";
    for (const [name, text] of [["score-duel", words], ["summary-duel", words && `${words}${outcome(against)}`]]) {
      this.part(name).textContent = text;
      this.part(name).hidden = !text;
    }
  }

  close() {
    this.offered = null;
    this.listeners.abort();
  }
}
