// What the charts draw besides lines: marks, intervals, bars and fields, on whatever takes a canvas's calls.

const SHAPES = [
  "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0Z", "M-4,-4H4V4H-4Z", "M0,-5.2L4.8,3.6H-4.8Z", "M0,-5.4L5.4,0L0,5.4L-5.4,0Z",
  "M0,5.2L4.8,-3.6H-4.8Z", "M-1.6,-5H1.6V-1.6H5V1.6H1.6V5H-1.6V1.6H-5V-1.6H-1.6Z",
  "M-5,-3L-3,-5L0,-2L3,-5L5,-3L2,0L5,3L3,5L0,2L-3,5L-5,3L-2,0Z", "M-5,-2.4H5V2.4H-5Z",
];

/** A mark of a series for a legend: shape and colour both tell it apart. */
function mark(series, x, y, style) {
  const place = series % SHAPES.length;
  const shape = svg("path", { d: SHAPES[place], class: `dot ${style}`, transform: `translate(${x},${y})` });
  shape.style.fill = `var(--mark-${place})`;
  return shape;
}

/** The value of a colour of the style sheet. */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function markColour(place) {
  return colour(`--mark-${place % SHAPES.length}`);
}

function heatRamp() {
  return theme().nodes;
}

/** A series as uPlot takes it: a line where its style is one, nothing otherwise. */
function seriesOf(chart, series, place) {
  const lines = { line: uPlot.paths.linear(), steps: uPlot.paths.stepped({ align: 1 }) };
  return {
    label: series.name, stroke: markColour(place), width: 2, points: { show: false },
    facets: [{ scale: "x", auto: false, sorted: 1 }, { scale: "y", auto: false }],
    paths: lines[chart.kind === undefined ? series.style : ""] ?? (() => null),
  };
}

/** The pixel of a point, x to the right and y downwards, whichever way the chart lies. */
function pixelOf(plot, x, y, css = false) {
  const clamp = (value, { distr, min }) => (distr === 3 && !(value > 0) ? min : value);
  const [across, up] = [plot.valToPos(clamp(x, plot.scales.x), "x", !css), plot.valToPos(clamp(y, plot.scales.y), "y", !css)];
  return plot.scales.x.ori === 0 ? [across, up] : [up, across];
}

function drawMarks(plot, chart, place) {
  const { ctx, bbox } = plot;
  const clip = new Path2D();
  clip.rect(bbox.left - 6, bbox.top - 6, bbox.width + 12, bbox.height + 12);
  ctx.save();
  ctx.clip(clip);
  if (chart.kind === "heat") fields(plot, chart);
  else if (chart.kind === "bars") bars(plot, chart, place);
  else dots(plot, chart, place);
  ctx.restore();
}

/** Intervals and marks; intervals of several series at one place stand side by side. */
function dots(plot, chart, place) {
  const series = chart.series[place];
  const { ctx } = plot;
  const unit = uPlot.pxRatio;
  const several = chart.series.filter((each) => each.points.some((point) => point.length > 2)).length > 1;
  const shift = several ? 5 * unit * (place - (chart.series.length - 1) / 2) : 0;
  if (chart.kind === "differences") zeroLine(plot);
  ctx.strokeStyle = ctx.fillStyle = markColour(place);
  ctx.lineWidth = 1.6 * unit;
  ctx.setLineDash([]);
  for (const [x, , low, high] of series.points) {
    if (low === undefined || low === null) continue;
    ctx.stroke(whisker(pixelOf(plot, x, low), pixelOf(plot, x, high), plot.scales.x.ori === 0, shift, 4 * unit));
  }
  if (series.style === "steps") return;
  ctx.globalAlpha = series.style === "faint" ? 0.45 : 1;
  const shape = new Path2D(SHAPES[place % SHAPES.length]);
  for (const point of series.points) {
    const [x, y] = pixelOf(plot, point[0], point[1]);
    ctx.save();
    ctx.translate(x + shift, y);
    ctx.scale(unit, unit);
    if (chart.kind === "differences" && !sure(point)) {
      ctx.fillStyle = colour("--paper");
      ctx.fill(shape);
      ctx.lineWidth = 1.6;
      ctx.stroke(shape);
    } else ctx.fill(shape);
    ctx.restore();
  }
}

/** Whether an interval leaves zero out. */
function sure([, , low, high]) {
  return typeof low === "number" && typeof high === "number" && low * high > 0;
}

function whisker([x0, y0], [x1, y1], upright, shift, cap) {
  const path = new Path2D();
  const [dx, dy] = upright ? [cap, 0] : [0, cap];
  path.moveTo(x0 + shift, y0);
  path.lineTo(x1 + shift, y1);
  for (const [x, y] of [[x0, y0], [x1, y1]]) {
    path.moveTo(x + shift - dx, y - dy);
    path.lineTo(x + shift + dx, y + dy);
  }
  return path;
}

function zeroLine(plot) {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(0, "y", true);
  const path = new Path2D();
  path.moveTo(x, bbox.top);
  path.lineTo(x, bbox.top + bbox.height);
  ctx.strokeStyle = colour("--quiet");
  ctx.lineWidth = uPlot.pxRatio;
  ctx.setLineDash([]);
  ctx.stroke(path);
}

function bars(plot, chart, place) {
  const { ctx } = plot;
  const thick = 8 * uPlot.pxRatio;
  const path = new Path2D();
  for (const [x, y] of chart.series[place].points) {
    const [right, middle] = pixelOf(plot, x, y);
    const left = plot.valToPos(0, "y", true);
    path.rect(left, middle + (place - chart.series.length / 2) * (thick + uPlot.pxRatio), right - left, thick);
  }
  ctx.fillStyle = markColour(place);
  ctx.fill(path);
}

/** The fields of a heat map, with their numbers where there are few. */
function fields(plot, chart) {
  const { points } = chart.series[0];
  const { ctx } = plot;
  const [low, high] = extent(points.map((point) => point[2]));
  const unit = uPlot.pxRatio;
  ctx.font = `${12 * unit}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const [x, y, value] of points) {
    const [[left, bottom], [right, top]] = [pixelOf(plot, x - 0.5, y - 0.5), pixelOf(plot, x + 0.5, y + 0.5)];
    const share = high > low ? (value - low) / (high - low) : 0.5;
    const path = new Path2D();
    path.rect(left + unit / 2, top + unit / 2, right - left - unit, bottom - top - unit);
    const shade = onRamp(heatRamp(), share);
    ctx.fillStyle = shade;
    ctx.fill(path);
    if (points.length > 60) continue;
    const [red, green, blue] = shade.match(/\d+/g).map(Number);
    ctx.fillStyle = 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#000000" : "#ffffff";
    ctx.fillText(number(value, 3), (left + right) / 2, (top + bottom) / 2);
  }
}
