// What a light-box leafs through, as gallery/deck.py packs it: a part of the list around the shown page, unpacked when asked for.

class Deck {
  constructor({ first, total, words, items }) {
    Object.assign(this, { first, total, words, items });
  }

  has(number) {
    return number >= this.first && number < this.first + this.items.length;
  }

  /**
   * Unpack a stop: {number, sha, title, path, name, lines, true, predicted, top: [[label, share, words]], mark, beside, other}.
   * `mark` is {reason, suggested} of a picture that can be selected, or null; `other` the picture beside it, in the same
   * form, or null; `beside` its hash, or "".
   */
  at(number) {
    const packed = this.items[number - this.first];
    const other = packed[9] ? this.unpack(packed[9]) : null;
    return { number, ...this.unpack(packed), beside: other?.sha ?? "", other };
  }

  unpack([sha, title, folder, name, lines, truth, predicted, top, mark]) {
    const word = (index) => this.words[index];
    const shares = [];
    for (let i = 0; i < top.length; i += 3) shares.push([word(top[i]), top[i + 1], word(top[i + 2])]);
    return {
      sha, title: word(title), path: word(folder) + word(name), name: word(name), lines: lines.map(word),
      true: word(truth), predicted: word(predicted), top: shares,
      mark: mark ? { reason: word(mark[0]), suggested: word(mark[1]) } : null,
    };
  }

  /** Find where a picture is now, first where it was; -1 where it is no more. */
  find(item) {
    const same = (number) => {
      const { sha, path } = this.at(number);
      return sha === item.sha && path === item.path;
    };
    if (this.has(item.number) && same(item.number)) return item.number;
    const index = this.items.findIndex(([sha], place) => sha === item.sha && same(this.first + place));
    return index < 0 ? -1 : this.first + index;
  }
}
