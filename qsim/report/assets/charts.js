// Charts as inline SVG: points with intervals, curves, steps and bars, redrawn at the width they have.

const SHAPES = [
  "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0Z", "M-4,-4H4V4H-4Z", "M0,-5.2L4.8,3.6H-4.8Z", "M0,-5.4L5.4,0L0,5.4L-5.4,0Z",
  "M0,5.2L4.8,-3.6H-4.8Z", "M-1.6,-5H1.6V-1.6H5V1.6H1.6V5H-1.6V1.6H-5V-1.6H-1.6Z",
  "M-5,-3L-3,-5L0,-2L3,-5L5,-3L2,0L5,3L3,5L0,2L-3,5L-5,3L-2,0Z", "M-5,-2.4H5V2.4H-5Z",
];

/** A mark of a series: shape and colour both tell it apart. */
function mark(series, x, y, style) {
  const place = series % SHAPES.length;
  const shape = svg("path", { d: SHAPES[place], class: `dot ${style}`, transform: `translate(${x},${y})` });
  shape.style.fill = `var(--mark-${place})`;
  return shape;
}

/** Draw a chart into a figure; called again it draws anew.

    A chart has x and y axes {label, log, names} and series of points [x, y, low, high]: `style` is "points",
    "line", "steps" or "faint". With kind "bars" it has names and one value a name in each series. */
function drawChart(figure, chart) {
  figure.replaceChildren(caption(chart));
  if (!chart.series.some((series) => series.points.length)) {
    figure.append(html("p", { class: "remark" }, "There is nothing to show here."));
    return;
  }
  const plot = html("div", { class: "plot" });
  if (chart.series.length > 1) figure.append(keys(chart));
  figure.append(plot, figures(chart));
  const draw = chart.kind === "bars" ? bars : points;
  whenResized(plot, (width) => plot.replaceChildren(draw(chart, width)));
}

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

/** The same figures as a table, folded: the text alternative of the picture. */
function figures(chart) {
  const most = 400;
  const rows = chart.series.flatMap((series) => series.points.map((point) => [series, point]));
  const intervals = rows.some(([, point]) => point.length > 3 && point[2] !== null);
  const named = chart.series.length > 1;
  const heads = [named ? "series" : null, chart.x.label, chart.y.label,
    intervals ? "95 % from" : null, intervals ? "to" : null].filter((head) => head !== null);
  const body = rows.slice(0, most).map(([series, point]) => html("tr", {},
    named ? html("td", {}, series.name) : null,
    html("td", {}, chart.x.names ? chart.x.names[point[0]] : number(point[0], 6)),
    html("td", { class: "number" }, number(point[1], 6)),
    intervals ? html("td", { class: "number" }, number(point[2] ?? null, 6)) : null,
    intervals ? html("td", { class: "number" }, number(point[3] ?? null, 6)) : null));
  const head = heads.map((text) => html("th", { scope: "col" }, text));
  const label = `Figures of: ${chart.title}`;
  const table = html("table", {}, html("thead", {}, html("tr", {}, ...head)), html("tbody", {}, ...body));
  return html("details", {}, html("summary", {}, "The figures as a table"),
    rows.length > most ? html("p", { class: "remark" }, `The first ${most} of ${count(rows.length, "point")}.`) : null,
    html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, table));
}

function canvas(chart, width, height, ...children) {
  return svg("svg", {
    width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${chart.title}. ${chart.about}`,
  }, ...children);
}

function points(chart, width) {
  const all = chart.series.flatMap((series) => series.points);
  const heights = all.flatMap((point) => [point[1], point[2], point[3]]).filter((value) => typeof value === "number");
  const named = Boolean(chart.x.names);
  const tilted = named && chart.x.names.some((name) => name.length * 7 > (width - 70) / chart.x.names.length);
  const [left, right, top, bottom] = [64, 14, 10, tilted ? 108 : 46];
  const height = Math.round(Math.min(Math.max(width * 0.55, 240), 380)) + (tilted ? 62 : 0);
  const [low, high] = chart.y.range || spread(heights, chart.y.zero !== false);
  const up = chart.y.log
    ? logarithmic(Math.min(...heights) / 1.2, Math.max(...heights) * 1.2, height - bottom, top)
    : linear(low, high, height - bottom, top, 5);
  const across = horizontal(chart, all, left, width - right);
  // Intervals of several series at one place stand side by side.
  const apart = chart.series.filter((series) => series.points.some((point) => point.length > 2)).length > 1 ? 5 : 0;
  const middle = (chart.series.length - 1) / 2;
  const layers = chart.series.map((series, place) => curve(series, place, across, up, apart * (place - middle)));
  return canvas(chart, width, height,
    axisY(up, left, width - right, chart.y.label, (top + height - bottom) / 2),
    axisX(across, chart.x.label, left, width - right, top, height - bottom, tilted, height), ...layers);
}

function horizontal(chart, all, from, to) {
  if (chart.x.names) return categorical(chart.x.names, from, to);
  const values = all.map((point) => point[0]);
  if (chart.x.log) return logarithmic(Math.min(...values) / 1.1, Math.max(...values) * 1.1, from, to);
  const [low, high] = chart.x.range || spread(values, chart.x.zero !== false);
  const scale = linear(low, high, from, to, Math.max(3, Math.min(8, (to - from) / 80)));
  if (chart.x.whole) scale.marks = scale.marks.filter((value) => Number.isInteger(value));
  return scale;
}

function axisY(scale, left, right, label, middle) {
  const lines = scale.marks.map((value) => {
    const y = scale.place(value);
    return svg("g", {}, svg("path", { class: "grid", d: `M${left},${y}H${right}` }),
      svg("text", { x: left - 8, y: y + 4, "text-anchor": "end" }, scale.label(value)));
  });
  const turned = `translate(14,${middle}) rotate(-90)`;
  return svg("g", {}, ...lines, svg("text", { class: "name", transform: turned, "text-anchor": "middle" }, label));
}

function axisX(scale, label, left, right, top, y, tilted, height) {
  const lines = scale.marks.map((value) => {
    const x = scale.place(value);
    const turned = `translate(${x + 4},${y + 16}) rotate(-40)`;
    const place = tilted ? { transform: turned, "text-anchor": "end" } : { x, y: y + 18, "text-anchor": "middle" };
    return svg("g", {}, svg("path", { class: "axis", d: `M${x},${y}v5` }),
      svg("text", place, shortened(scale.label(value), tilted ? 18 : 40)));
  });
  const below = { class: "name", x: (left + right) / 2, y: height - 6, "text-anchor": "middle" };
  return svg("g", {}, svg("path", { class: "axis", d: `M${left},${top}V${y}H${right}` }), ...lines,
    svg("text", below, label));
}

function shortened(text, most) {
  const said = String(text);
  return said.length > most ? `${said.slice(0, most - 1)}…` : said;
}

function curve(series, place, across, up, aside) {
  const colour = `var(--mark-${place % SHAPES.length})`;
  const places = series.points.map(([x, y]) => [across.place(x) + aside, up.place(y)]);
  const parts = [];
  if (series.style === "line" || series.style === "steps") {
    const join = series.style === "steps" ? ([x, y]) => `H${x}V${y}` : ([x, y]) => `L${x},${y}`;
    const [first, ...rest] = places;
    const line = svg("path", { class: "curve", d: `M${first.join(",")}${rest.map(join).join("")}` });
    line.style.stroke = colour;
    parts.push(line);
  }
  for (const [x, , low, high] of series.points) {
    if (low === undefined || low === null) continue;
    const [at, from, to] = [across.place(x) + aside, up.place(low), up.place(high)];
    const whisker = svg("path", { class: "whisker", d: `M${at},${from}V${to}M${at - 4},${from}h8M${at - 4},${to}h8` });
    whisker.style.stroke = colour;
    parts.push(whisker);
  }
  if (series.style !== "steps") {
    const style = series.style === "faint" ? "faint" : "";
    series.points.forEach((point, index) => {
      const dot = mark(place, ...places[index], style);
      dot.append(svg("title", {}, `${series.name}: ${number(point[1], 6)}`));
      parts.push(dot);
    });
  }
  return svg("g", {}, ...parts);
}

function bars(chart, width) {
  const names = chart.x.names;
  const thick = 9;
  const row = chart.series.length * thick + 12;
  const left = Math.min(Math.max(...names.map((name) => name.length)) * 7 + 16, width * 0.42);
  const [right, top, bottom] = [20, 4, 44];
  const height = top + names.length * row + bottom;
  const values = chart.series.flatMap((series) => series.points.map((point) => point[1]));
  const high = chart.y.most || Math.max(...values) * 1.05 || 1;
  const across = linear(0, high, left, width - right, Math.max(2, Math.min(6, (width - left) / 80)));
  const most = Math.floor(left / 7) - 1;
  const shapes = names.map((name, index) => {
    const y = top + index * row + 6;
    const label = svg("text", { class: "name", x: left - 8, y: y + (row - 12) / 2 + 4, "text-anchor": "end" },
      shortened(name, most));
    const each = chart.series.map((series, place) => {
      const wide = across.place(series.points[index][1]) - left;
      return svg("rect", { class: `bar-${place}`, x: left, y: y + place * thick, width: wide, height: thick - 1 });
    });
    return svg("g", {}, label, ...each);
  });
  const labels = across.marks.map((value) => svg("g", {},
    svg("path", { class: "grid", d: `M${across.place(value)},${top}V${height - bottom}` }),
    svg("text", { x: across.place(value), y: height - bottom + 18, "text-anchor": "middle" }, across.label(value))));
  const below = { class: "name", x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle" };
  return canvas(chart, width, height, ...labels, ...shapes,
    svg("path", { class: "axis", d: `M${left},${top}V${height - bottom}H${width - right}` }),
    svg("text", below, chart.y.label));
}
