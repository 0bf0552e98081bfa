// How the points of a map look: a colour and a shape for each label, drawn once and then copied.

const FAINT = "#7a8496";

/** Shapes of about the same area around 0, 0 for a radius. */
const SHAPES = [
  (pen, r) => pen.arc(0, 0, r, 0, 7),
  (pen, r) => pen.rect(-0.88 * r, -0.88 * r, 1.76 * r, 1.76 * r),
  (pen, r) => polygon(pen, [[0, -1.3 * r], [1.2 * r, 0.85 * r], [-1.2 * r, 0.85 * r]]),
  (pen, r) => polygon(pen, [[0, -1.3 * r], [1.3 * r, 0], [0, 1.3 * r], [-1.3 * r, 0]]),
  (pen, r) => polygon(pen, [[0, 1.3 * r], [1.2 * r, -0.85 * r], [-1.2 * r, -0.85 * r]]),
];

function polygon(pen, corners) {
  corners.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
}

/** A small canvas with one mark; `edge` is the colour of its outline, if it has one. */
function stamp(shape, colour, radius, sharp, edge) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.ceil(2 * (1.3 * radius + 3) * sharp);
  const pen = canvas.getContext("2d");
  pen.translate(canvas.width / 2, canvas.height / 2);
  pen.scale(sharp, sharp);
  pen.beginPath();
  SHAPES[shape % SHAPES.length](pen, radius);
  pen.fillStyle = colour;
  pen.fill();
  if (edge) {
    pen.lineWidth = 1.5;
    pen.strokeStyle = edge;
    pen.stroke();
  }
  return canvas;
}

class MapPainter {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
  }

  /** Draw all points: faint those that are not shown, clear the selected ones, in an order that favours no label. */
  draw(view, { look, looks, shown, selected, ink }) {
    const sharp = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.canvas.width = width * sharp;
    this.canvas.height = height * sharp;
    view.place(width, height);
    const radius = Math.min(6, (view.x.length > 2000 ? 2.6 : 3.8) * Math.sqrt(Math.min(view.scale, 4)));
    const plain = looks.map(([colour, shape]) => stamp(shape, colour, radius, sharp));
    const ringed = looks.map(([colour, shape]) => stamp(shape, colour, radius + 1, sharp, ink));
    const faint = stamp(0, FAINT, radius * 0.7, sharp);
    const points = view.x.length;
    const put = (point, mark) =>
      this.pen.drawImage(mark, view.across[point] * sharp - mark.width / 2, view.down[point] * sharp - mark.height / 2);
    const some = selected.size > 0;
    const step = stride(points);
    for (let count = 0, point = 0; count < points; count++, point = (point + step) % points) {
      const on = shown(point);
      this.pen.globalAlpha = !on ? 0.18 : some ? 0.35 : points > 2000 ? 0.6 : 0.8;
      if (!selected.has(point)) put(point, on ? plain[look[point]] : faint);
    }
    this.pen.globalAlpha = 1;
    for (const point of selected) put(point, ringed[look[point]]);
  }
}

/** A step that visits every one of so many points once, far from the one before. */
function stride(points) {
  const divisor = (one, other) => (other ? divisor(other, one % other) : one);
  let step = Math.max(1, Math.round(points * 0.618));
  while (points > 1 && divisor(step, points) !== 1) step++;
  return step;
}
