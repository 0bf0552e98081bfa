// Probabilities over the last seconds, a line a label.

const CHART_SECONDS = 20;

class LiveChart {
  constructor(canvas) {
    this.canvas = canvas;
    this.points = [];
  }

  clear() {
    this.points = [];
    this.paint([]);
  }

  /** Add what was seen at a time, in seconds; what lies behind it, where time went back, is forgotten. */
  add(time, shares, unknown) {
    this.points = this.points.filter((point) => point.time < time && point.time > time - CHART_SECONDS);
    this.points.push({ time, shares, unknown });
  }

  /** Paint the lines of some labels: [{label, colour}], by their numbers. */
  paint(lines) {
    const { canvas, points } = this;
    const ratio = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width || !height) return;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(canvas);
    const last = points.at(-1)?.time ?? 0;
    const x = (time) => width * (1 - (last - time) / CHART_SECONDS);
    const y = (share) => 2 + (height - 4) * (1 - share);
    context.fillStyle = style.getPropertyValue("--unknown");
    points.forEach(({ time, unknown }, at) => {
      const before = points[at - 1];
      if (unknown && before) context.fillRect(x(before.time), 0, x(time) - x(before.time), height);
    });
    context.lineWidth = 1;
    context.strokeStyle = style.getPropertyValue("--grid");
    for (const share of [0, 0.5, 1]) stroke(context, [[0, y(share)], [width, y(share)]]);
    context.lineWidth = 2;
    context.lineJoin = "round";
    for (const { label, colour } of lines) {
      context.strokeStyle = colour;
      stroke(context, points.map(({ time, shares }) => [x(time), y(shares[label])]));
    }
  }
}

function stroke(context, places) {
  context.beginPath();
  for (const [x, y] of places) context.lineTo(x, y);
  context.stroke();
}
