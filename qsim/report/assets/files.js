// Charts as files: PNG and CSV by the browser, SVG by letting uPlot draw once more on a recorder.

const FILES = { PNG: savePicture, SVG: saveDrawing, CSV: saveFigures };
const HEAD = 26;

/** A path that keeps what is drawn as the text of an SVG path. */
class PathText {
  constructor(from = "") {
    this.d = typeof from === "string" ? from : from.d;
  }
  moveTo(x, y) { this.d += `M${round(x)},${round(y)}`; }
  lineTo(x, y) { this.d += `${this.d ? "L" : "M"}${round(x)},${round(y)}`; }
  bezierCurveTo(...at) { this.d += `C${at.map(round).join(",")}`; }
  rect(x, y, width, height) { this.d += `M${round(x)},${round(y)}h${round(width)}v${round(height)}h${round(-width)}Z`; }
  arc(x, y, r) { this.d += `M${round(x - r)},${round(y)}a${round(r)},${round(r)} 0 1,0 ${round(2 * r)},0a${round(r)},${round(r)} 0 1,0 ${round(-2 * r)},0Z`; }
  closePath() { this.d += "Z"; }
}

function round(value) {
  return Number(value.toFixed(2));
}

/** Takes the calls that a canvas takes, as far as charts make them, and keeps them as SVG elements. */
class Recorder {
  constructor() {
    this.elements = [];
    this.clips = 0;
    this.stack = [];
    this.path = new PathText();
    this.state = { transform: "", clip: null, dash: [], fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, globalAlpha: 1,
      font: "12px sans-serif", textAlign: "start", textBaseline: "alphabetic", lineCap: "butt", lineJoin: "miter" };
    for (const name of Object.keys(this.state).slice(3)) {
      Object.defineProperty(this, name, { get: () => this.state[name], set: (value) => { this.state[name] = value; } });
    }
  }
  save() { this.stack.push({ ...this.state }); }
  restore() { this.state = this.stack.pop() ?? this.state; }
  move(how) { this.state.transform = `${this.state.transform} ${how}`.trim(); }
  translate(x, y) { if (x || y) this.move(`translate(${round(x)},${round(y)})`); }
  rotate(angle) { this.move(`rotate(${round((angle * 180) / Math.PI)})`); }
  scale(x, y) { if (x !== 1 || y !== 1) this.move(`scale(${x},${y})`); }
  setLineDash(dash) { this.state.dash = dash; }
  clearRect() {}
  beginPath() { this.path = new PathText(); }
  moveTo(x, y) { this.path.moveTo(x, y); }
  lineTo(x, y) { this.path.lineTo(x, y); }
  rect(...at) { this.path.rect(...at); }
  clip(path = this.path) {
    if (this.closed) return;
    const id = `clip-${++this.clips}`;
    const shape = svg("path", { d: path.d, transform: this.state.transform || null });
    this.elements.push(svg("clipPath", { id, "clip-path": this.state.clip && `url(#${this.state.clip})` }, shape));
    this.state.clip = id;
  }
  add(name, attributes, ...children) {
    if (this.closed) return;
    const { transform, clip, globalAlpha } = this.state;
    const element = svg(name, { ...attributes, transform: transform || null, opacity: globalAlpha === 1 ? null : globalAlpha }, ...children);
    // Clips are measured without the transformation of what they clip.
    this.elements.push(clip ? svg("g", { "clip-path": `url(#${clip})` }, element) : element);
  }
  fill(path = this.path) {
    if (path.d) this.add("path", { d: path.d, fill: this.state.fillStyle });
  }
  stroke(path = this.path) {
    const { strokeStyle, lineWidth, dash, lineJoin, lineCap } = this.state;
    if (path.d) this.add("path", { d: path.d, fill: "none", stroke: strokeStyle, "stroke-width": lineWidth,
      "stroke-dasharray": dash.length ? dash.join(",") : null, "stroke-linejoin": lineJoin, "stroke-linecap": lineCap });
  }
  fillText(text, x, y) {
    const { font, fillStyle, textAlign, textBaseline } = this.state;
    const [, size] = font.match(/([\d.]+)px/);
    const anchor = { start: "start", left: "start", center: "middle", end: "end", right: "end" }[textAlign];
    const down = { top: 0.8, middle: 0.35, bottom: -0.2, alphabetic: 0 }[textBaseline] ?? 0;
    this.add("text", { x: round(x), y: round(y + down * Number(size)), "font-size": size, "font-family": "sans-serif", fill: fillStyle, "text-anchor": anchor }, String(text));
  }
}

/** Title and keys of a chart, drawn above it; the height that they take. */
function drawHead(context, chart, width) {
  Object.assign(context, { fillStyle: colour("--ink"), font: "600 14px system-ui, sans-serif", textAlign: "left", textBaseline: "alphabetic" });
  context.fillText(chart.title, 8, 18);
  if (chart.series.length < 2) return HEAD;
  context.font = "12px system-ui, sans-serif";
  let [x, y] = [8, HEAD + 12];
  chart.series.forEach((series, place) => {
    const wide = 30 + 7 * series.name.length;
    if (x > 8 && x + wide > width) [x, y] = [8, y + 18];
    context.save();
    context.translate(x + 6, y - 4);
    context.fillStyle = markColour(place);
    context.fill(new Path2D(chart.kind === "bars" ? SHAPES[1] : SHAPES[place % SHAPES.length]));
    context.restore();
    context.fillStyle = colour("--ink");
    context.fillText(series.name, x + 16, y);
    x += wide;
  });
  return y + 10;
}

/** The chart as the text of an SVG file. */
function drawingOf(figure) {
  const { chart, plot } = figure;
  const head = new Recorder();
  const body = new Recorder();
  const [real, getContext] = [window.Path2D, HTMLCanvasElement.prototype.getContext];
  let top = 0;
  window.Path2D = PathText;
  HTMLCanvasElement.prototype.getContext = () => body;
  try {
    top = drawHead(head, chart, plot.width);
    const { x, y } = plot.scales;
    const again = plotted(chart, figure.view, plot.width, document.createElement("div"));
    // Ranges that were zoomed into stay; a batch draws at once.
    again.batch(() => {
      again.setScale("x", { min: x.min, max: x.max });
      again.setScale("y", { min: y.min, max: y.max });
    });
    body.elements.splice(0, body.elements.length);
    again.redraw(true, true);
    again.batch(() => null);
    again.destroy();
  } finally {
    window.Path2D = real;
    HTMLCanvasElement.prototype.getContext = getContext;
    // What uPlot has put off until later draws nowhere.
    body.closed = true;
  }
  const whole = top + plot.height;
  return new XMLSerializer().serializeToString(svg("svg", { viewBox: `0 0 ${plot.width} ${whole}`, width: plot.width, height: whole },
    svg("rect", { width: plot.width, height: whole, fill: colour("--paper") }), ...head.elements,
    svg("g", { transform: `translate(0,${top}) scale(${1 / uPlot.pxRatio})` }, ...body.elements)));
}

function saveDrawing(figure) {
  save(figure, "svg", new Blob([drawingOf(figure)], { type: "image/svg+xml" }));
}

/** The chart as it stands on the page, at twice its size, with its title. */
function pictureOf(figure) {
  const { chart, plot } = figure;
  const canvas = html("canvas");
  const context = canvas.getContext("2d");
  const top = drawHead(context, chart, plot.width);
  canvas.width = 2 * plot.width;
  canvas.height = 2 * (top + plot.height);
  context.scale(2, 2);
  context.fillStyle = colour("--paper");
  context.fillRect(0, 0, plot.width, top + plot.height);
  drawHead(context, chart, plot.width);
  context.drawImage(plot.ctx.canvas, 0, top, plot.width, plot.height);
  return canvas;
}

function savePicture(figure) {
  pictureOf(figure).toBlob((picture) => save(figure, "png", picture));
}

/** Every figure of the chart as comma-separated values. */
function figuresOf(chart) {
  const rows = rowsOf(chart);
  const [named, intervals] = [chart.series.length > 1, rows.some((row) => row.low !== null)];
  const cell = (value) => (typeof value === "string" && /[",\n]/.test(value) ? `"${value.replace(/"/g, '""')}"` : value ?? "");
  return [headsOf(chart, named, intervals), ...rows.map((row) => cellsOf(row, named, intervals))]
    .map((line) => `${line.map(cell).join(",")}\n`).join("");
}

function saveFigures(figure) {
  save(figure, "csv", new Blob([figuresOf(figure.chart)], { type: "text/csv" }));
}

function save(figure, ending, blob) {
  const name = figure.chart.title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "chart";
  const address = URL.createObjectURL(blob);
  html("a", { href: address, download: `${name}.${ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
