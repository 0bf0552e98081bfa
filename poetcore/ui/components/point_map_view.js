// Where the points of a map lie on the screen, and which of them are meant: geometry, without drawing.

const MARGIN = 18;

class MapView {
  /** @param x, y of each point, 0 to 10,000, upwards. */
  constructor(x, y) {
    this.x = x;
    this.y = y;
    this.across = new Float32Array(x.length);
    this.down = new Float32Array(x.length);
    this.whole();
  }

  whole() {
    this.scale = 1;
    this.left = this.top = 0;
  }

  /** Place every point on a canvas of this size. */
  place(width, height) {
    this.width = Math.max(1, width - 2 * MARGIN);
    this.height = Math.max(1, height - 2 * MARGIN);
    this.left = Math.min(0, Math.max(this.width * (1 - this.scale), this.left));
    this.top = Math.min(0, Math.max(this.height * (1 - this.scale), this.top));
    const wide = (this.width * this.scale) / 10000;
    const high = (this.height * this.scale) / 10000;
    for (let point = 0; point < this.x.length; point++) {
      this.across[point] = MARGIN + this.left + this.x[point] * wide;
      this.down[point] = MARGIN + this.top + (10000 - this.y[point]) * high;
    }
  }

  /** Enlarge by a factor around a place of the canvas, which stays where it is. */
  zoom(factor, across = MARGIN + this.width / 2, down = MARGIN + this.height / 2) {
    const scale = Math.min(40, Math.max(1, this.scale * factor));
    const grown = scale / this.scale;
    this.left = across - MARGIN - (across - MARGIN - this.left) * grown;
    this.top = down - MARGIN - (down - MARGIN - this.top) * grown;
    this.scale = scale;
  }

  move(across, down) {
    this.left += across;
    this.top += down;
  }

  /** Move so that a point is well in view; returns whether it was not. */
  show(point) {
    const inset = (place, room) => Math.max(0, 40 - place) - Math.max(0, place - (room + 2 * MARGIN - 40));
    const [across, down] = [inset(this.across[point], this.width), inset(this.down[point], this.height)];
    this.move(across, down);
    return this.scale > 1 && Boolean(across || down);
  }

  /** The nearest of the meant points, not farther than so many pixels; -1 for none. */
  nearest(across, down, meant, within = Infinity) {
    let found = -1;
    let least = within * within;
    for (let point = 0; point < this.x.length; point++) {
      const distance = (this.across[point] - across) ** 2 + (this.down[point] - down) ** 2;
      if (distance <= least && meant(point)) [found, least] = [point, distance];
    }
    return found;
  }

  /** The next of the meant points in a direction, rather straight than near; -1 for none. */
  towards(from, right, below, meant) {
    let found = -1;
    let least = Infinity;
    for (let point = 0; point < this.x.length; point++) {
      const across = this.across[point] - this.across[from];
      const down = this.down[point] - this.down[from];
      const along = across * right + down * below;
      const aside = Math.abs(across * below - down * right);
      if (along <= 0.01 || aside > along || along + 2 * aside >= least || !meant(point)) continue;
      [found, least] = [point, along + 2 * aside];
    }
    return found;
  }

  /** The meant points nearest to one, itself first. */
  around(from, count, meant) {
    const found = []; // [distance, point], the nearest first
    for (let point = 0; point < this.x.length; point++) {
      if (point === from || !meant(point)) continue;
      const distance = (this.across[point] - this.across[from]) ** 2 + (this.down[point] - this.down[from]) ** 2;
      if (found.length === count && distance >= found[count - 1][0]) continue;
      let at = found.length;
      while (at && found[at - 1][0] > distance) at--;
      found.splice(at, 0, [distance, point]);
      if (found.length > count) found.pop();
    }
    return [from, ...found.map(([, point]) => point)];
  }

  /** The meant points inside a closed line of [across, down] (ray casting, even-odd rule). */
  inside(line, meant) {
    const found = [];
    const left = Math.min(...line.map(([across]) => across));
    const right = Math.max(...line.map(([across]) => across));
    for (let point = 0; point < this.x.length; point++) {
      const across = this.across[point];
      const down = this.down[point];
      if (across < left || across > right || !meant(point)) continue;
      let within = false;
      for (let end = 0, start = line.length - 1; end < line.length; start = end++) {
        const [x1, y1] = line[start];
        const [x2, y2] = line[end];
        if (y1 > down !== y2 > down && across < ((x2 - x1) * (down - y1)) / (y2 - y1) + x1) within = !within;
      }
      if (within) found.push(point);
    }
    return found;
  }
}
