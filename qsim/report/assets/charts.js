// Charts, drawn by uPlot: axes, zoom and lines are its own; what else a style needs stands in marks.js.

const CHARTS = [];

/** Draw a chart into a figure; called again it draws anew.

    A chart has x and y axes {label, log, names, range, zero, whole} and series of points [x, y, low, high]:
    `style` is "points", "line", "steps" or "faint". With kind "bars" or "differences" its names stand down the
    side, one value a name in each series; with kind "heat" its points are [column, row, value]. */
function drawChart(figure, chart) {
  figure.replaceChildren(caption(chart));
  figure.chart = chart;
  if (!chart.series.some((series) => series.points.length)) {
    figure.append(html("p", { class: "remark" }, "There is nothing to show here."));
    return;
  }
  const plot = html("div", { class: "plot", role: "img", "aria-label": `${chart.title}. ${chart.about}` });
  figure.view = { x: Boolean(chart.x.log), y: Boolean(chart.y.log) };
  figure.append(chart.kind === "heat" ? rampKey(chart) : chart.series.length > 1 ? keys(chart) : "", plot,
    tools(figure, chart), figures(chart));
  if (!CHARTS.includes(figure)) CHARTS.push(figure);
  whenResized(plot, () => refresh(figure));
}

/** Draw a chart anew at the width that it has, in the colours and on the axes in force. */
function refresh(figure) {
  const plot = figure.querySelector(".plot");
  if (plot === null || plot.clientWidth === 0) return;
  figure.plot?.destroy();
  figure.querySelector(".whole").hidden = true;
  figure.plot = plotted(figure.chart, figure.view, Math.floor(plot.clientWidth), plot);
  showTips(figure, plot);
}

whenThemeChanges(() => CHARTS.filter((figure) => figure.isConnected).forEach(refresh));

function caption(chart) {
  return html("figcaption", {}, html("h3", {}, chart.title), html("p", {}, chart.about));
}

function keys(chart) {
  const title = chart.lines ? [html("li", {}, `${chart.lines}:`)] : [];
  const items = chart.series.map((series, place) => {
    const swatch = chart.kind === "bars"
      ? svg("rect", { x: 1, y: 1, width: 12, height: 12, class: `bar-${place}` })
      : mark(place, 7, 7, series.style === "faint" ? "faint" : "");
    return html("li", {}, svg("svg", { width: 14, height: 14, "aria-hidden": "true" }, swatch), series.name);
  });
  return html("ul", { class: "keys" }, ...title, ...items);
}

function rampKey(chart) {
  const [low, high] = extent(chart.series[0].points.map((point) => point[2]));
  return html("ul", { class: "keys" }, html("li", {}, ...[`${chart.z.label}:`, number(low, 4), rampBar(heatRamp()), number(high, 4)].map((part) => html("span", {}, part))));
}

/** Switches of the axes, the way back from a zoom, and the chart as a file. */
function tools(figure, chart) {
  const points = chart.series.flatMap((series) => series.points);
  const plain = chart.kind === undefined;
  const choices = { x: plain && !chart.x.names && points.every((point) => point[0] > 0), y: plain && points.every((point) => point[1] > 0) };
  const switches = ["x", "y"].filter((axis) => choices[axis]).map((axis) => html("button", {
    type: "button", class: `log-${axis}`, "aria-pressed": String(figure.view[axis]), onclick: (event) => {
      figure.view[axis] = !figure.view[axis];
      event.currentTarget.setAttribute("aria-pressed", String(figure.view[axis]));
      refresh(figure);
    } }, `Log ${axis}`));
  const whole = html("button", { type: "button", class: "whole", hidden: true, onclick: () => refresh(figure) }, "Whole range");
  const files = Object.entries(FILES).map(([name, save]) => html("button", {
    type: "button", class: "save", "aria-label": `Download as ${name}: ${chart.title}`, onclick: () => save(figure) }, name));
  return html("div", { class: "tools" }, ...switches, whole, ...files);
}

/** The same figures as a table, folded: the text alternative of the picture. */
function figures(chart) {
  const most = 400;
  const rows = rowsOf(chart);
  const intervals = rows.some((row) => row.low !== null);
  const named = chart.series.length > 1;
  const heads = headsOf(chart, named, intervals);
  const body = rows.slice(0, most).map((row) => html("tr", {}, ...cellsOf(row, named, intervals).map((cell, place) =>
    html("td", { class: typeof cell === "number" && (place > 0 || !named) ? "number" : null }, typeof cell === "string" ? cell : number(cell, 6)))));
  const head = heads.map((text) => html("th", { scope: "col" }, text));
  const table = html("table", {}, html("thead", {}, html("tr", {}, ...head)), html("tbody", {}, ...body));
  return html("details", {}, html("summary", {}, "The figures as a table"),
    rows.length > most ? html("p", { class: "remark" }, `The first ${most} of ${count(rows.length, "point")}; the CSV file has all.`) : null,
    html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Figures of: ${chart.title}` }, table));
}

/** Every point of a chart with its series and what its place is called. */
function rowsOf(chart) {
  const called = (axis, value) => (axis.names ? axis.names[value] : value);
  return chart.series.flatMap((series) => series.points.map((point) => chart.kind === "heat"
    ? { series: series.name, x: called(chart.x, point[0]), y: called(chart.y, point[1]), value: point[2], low: null, high: null }
    : { series: series.name, x: called(chart.x, point[0]), value: point[1], low: point[2] ?? null, high: point[3] ?? null }));
}

function headsOf(chart, named, intervals) {
  return [...(named ? ["series"] : []), chart.x.label, ...(chart.kind === "heat" ? [chart.y.label, chart.z.label] : [chart.y.label]),
    ...(intervals ? ["95 % from", "to"] : [])];
}

function cellsOf(row, named, intervals) {
  return [...(named ? [row.series] : []), row.x, ...("y" in row ? [row.y] : []), row.value, ...(intervals ? [row.low, row.high] : [])];
}

/** A chart at work: a uPlot with axes of ours, in a host that may be off the page. */
function plotted(chart, logs, width, host) {
  const aside = chart.kind === "bars" || chart.kind === "differences";
  const across = aside ? { names: chart.x.names, down: true } : { ...chart.x, log: logs.x };
  const up = { ...chart.y, log: logs.y };
  const points = chart.series.flatMap((series) => series.points);
  const heights = chart.kind === "heat" ? [] : points.flatMap((point) => [point[1], point[2], point[3]]).filter((value) => typeof value === "number");
  // The length of a bar is its value, so bars begin at zero.
  if (chart.kind === "bars") heights.push(0);
  const ranges = {
    x: across.names ? [-0.5, across.names.length - 0.5] : rangeOf(points.map((point) => point[0]), across),
    y: up.names ? [-0.5, up.names.length - 0.5] : chart.y.most ? [0, chart.y.most] : rangeOf(heights, up),
  };
  const tilted = Boolean(across.names) && !aside && across.names.some((name) => name.length * 7 > (width - 70) / across.names.length);
  const rows = aside ? across.names.length * (chart.kind === "bars" ? chart.series.length * 9 + 12 : 22) : 0;
  const height = aside ? rows + 58 : Math.round(Math.min(Math.max(width * 0.55, 240), 380)) + (tilted ? 62 : 0);
  return new uPlot({
    mode: 2, width, height, class: "chart", legend: { show: false }, padding: [10, 16, 0, 0], pxAlign: 0,
    scales: {
      x: { time: false, auto: false, distr: across.log ? 3 : 1, ori: aside ? 1 : 0, dir: aside ? -1 : 1, min: ranges.x[0], max: ranges.x[1], range: kept },
      y: { time: false, auto: false, distr: up.log ? 3 : 1, ori: aside ? 0 : 1, dir: 1, min: ranges.y[0], max: ranges.y[1], range: kept },
    },
    axes: [axis("x", across, aside ? 3 : 2, width, tilted), axis("y", up, aside ? 2 : 3, width, false)],
    series: [null, ...chart.series.map((series, place) => seriesOf(chart, series, place))],
    cursor: { drag: { x: true, y: chart.kind === undefined, uni: 30 }, points: { show: false }, x: !aside, y: !aside, bind: { dblclick: () => null } },
    hooks: {
      drawSeries: [(plot, index) => drawMarks(plot, chart, index - 1)],
      setSelect: [zoomed],
    },
  }, [null, ...chart.series.map((series) => [series.points.map((point) => point[0]), series.points.map((point) => point[1])])], host);
}

/** The range that was asked for, as it is. */
function kept(_, low, high) {
  return [low, high];
}

/** After a zoom there is a way back. */
function zoomed(plot) {
  const figure = plot.root.closest("figure");
  if (figure === null || plot.select.width === 0 && plot.select.height === 0) return;
  figure.querySelector(".whole").hidden = false;
  plot.over.ondblclick = () => refresh(figure);
}

function axis(scale, about, side, width, tilted) {
  const [ink, quiet, grid] = ["--ink", "--quiet", "--grid"].map(colour);
  const longest = about.names ? Math.max(...about.names.map((name) => String(name).length)) : 0;
  const beside = Math.min(longest * 6.6 + 18, width * 0.42);
  const most = about.names ? side === 3 ? Math.floor((beside - 14) / 6.9) : tilted ? 18 : 40 : 0;
  const font = "12px system-ui, sans-serif";
  const apart = width < 420 ? 50 : 70;
  return {
    scale, side, label: about.down ? "" : about.label, labelFont: font, font, stroke: quiet, labelSize: about.down ? 0 : 24, labelGap: 0,
    size: side === 3 ? about.names ? beside : 52 : tilted ? 112 : 34, gap: 4, rotate: tilted ? -40 : 0,
    grid: { stroke: grid, width: 1, show: !about.names }, ticks: { stroke: grid, width: 1, size: 5 }, border: { show: true, stroke: ink, width: 0.7 },
    ...(about.names ? {
      splits: (plot) => about.names.map((_, place) => place).filter((place) => place >= plot.scales[scale].min && place <= plot.scales[scale].max),
      values: (_, splits) => splits.map((place) => clipped(about.names[place], most)),
    } : {
      ...(about.whole ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] } : {}),
      ...(about.log ? { filter: (plot, splits) => logShown(splits, plot.scales[scale]) } : {}),
      space: side === 2 ? apart : 36,
      values: (_, splits) => splits.map((value) => (value === null ? null : number(value, 5))),
    }),
  };
}

/** Of the marks of a logarithmic axis those that bear a number: 1, 2 and 5 where there are few decades. */
function logShown(splits, { min, max }) {
  const shown = max / min < 300 ? [1, 2, 5] : [1];
  const every = Math.ceil(Math.log10(max / min) / 7) || 1;
  return splits.map((value) => {
    const power = Math.floor(Math.log10(value) + 1e-9);
    return power % every === 0 && shown.includes(Math.round(value / 10 ** power)) ? value : null;
  });
}

/** A text of so many letters at most; what is left out stands in the middle, since ends tell names apart. */
function clipped(text, most) {
  const said = String(text);
  if (said.length <= most) return said;
  const end = Math.floor(most / 3);
  return `${said.slice(0, most - end - 1)}…${said.slice(said.length - end)}`;
}

function extent(values) {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

/** The least and the greatest of some values, a little wider, and from zero where zero is near. */
function rangeOf(values, { range, log, zero }) {
  if (range && !(log && range[0] <= 0)) return range;
  let [low, high] = extent(values);
  if (log) return [Math.min(...values.filter((value) => value > 0)) / 1.15, high * 1.15];
  if (zero !== false && low >= 0 && (low < 0.35 * high || low === high)) low = 0;
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) * 0.1, high + (Math.abs(high) || 1) * 0.1];
  const room = 0.05 * (high - low);
  return [low === 0 ? 0 : low - room, high + room];
}
