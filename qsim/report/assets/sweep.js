// A sweep's parameter charts: any metric against any parameter, one line for each value of another one.

const EVERY = "";

function buildSweep() {
  const { parameters, metrics } = page.sweep;
  const controls = document.getElementById("choices");
  const redraw = () => drawSweep();
  const views = select("view", [["lines", "Lines"], ["heat", "Heat map"]], () => choose(true));
  const metric = select("metric", metrics.map((entry, index) => [index, entry.label]), redraw);
  const across = select("across", parameters.map((entry, index) => [index, entry.label]), () => choose(true));
  const lines = select("lines", [], () => choose(false));
  controls.append(field("Metric", metric), field("Against", across));
  if (parameters.length > 1) controls.append(field("One line for each", lines), field("View", views));
  controls.append(html("div", { id: "held" }));
  metric.value = String(page.sweep.metric);
  choose(true);
}

/** Whether the chart is a heat map, with the lines' parameter upwards. */
function isHeat() {
  return document.getElementById("view")?.value === "heat";
}

/** Offer what may be a line or be held, given what is chosen; `fresh` starts over from good guesses. */
function choose(fresh) {
  const { parameters } = page.sweep;
  const across = Number(document.getElementById("across").value);
  const others = parameters.map((_, index) => index).filter((index) => index !== across);
  const lines = document.getElementById("lines");
  if (fresh && lines) {
    lines.previousSibling.textContent = isHeat() ? "Upwards" : "One line for each";
    lines.replaceChildren(...(isHeat() ? [] : [html("option", { value: EVERY }, "(no lines)")]),
      ...others.map((index) => html("option", { value: index }, parameters[index].label)));
    const good = others.find((index) => {
      const different = values(index).length;
      return different > 1 && different <= SHAPES.length && independent(across, index);
    });
    lines.value = good === undefined ? isHeat() ? String(others[0]) : EVERY : String(good);
  }
  const held = others.filter((index) => String(index) !== lines?.value && values(index).length > 1);
  document.getElementById("held").replaceChildren(...held.map((index) => {
    const every = [EVERY, "every value"];
    const choices = [every, ...values(index).map((value) => [JSON.stringify(value), valueWords(value, parameters[index])])];
    const control = select(`held-${index}`, choices, () => drawSweep());
    control.dataset.parameter = index;
    const guess = values(index)[0];
    const left = new Set(page.sweep.points.filter((point) => point.values[index] === guess).map((point) => point.values[across]));
    control.value = left.size > 1 ? JSON.stringify(guess) : EVERY;
    return field(`With ${parameters[index].label}`, control);
  }));
  drawSweep();
}

/** The different values of a parameter: numbers by size, the rest in order of appearance. */
function values(parameter) {
  const found = [...new Set(page.sweep.points.map((point) => point.values[parameter]))];
  return found.every((value) => typeof value === "number") ? found.sort((a, b) => a - b) : found;
}

/** Whether a parameter takes several values at one value of another. */
function independent(across, parameter) {
  const met = new Map();
  return page.sweep.points.some((point) => {
    const [key, value] = [point.values[across], point.values[parameter]];
    if (!met.has(key)) met.set(key, value);
    return met.get(key) !== value;
  });
}

/** Whether a parameter only grows, or only falls, as another one grows. */
function together(points, across, parameter) {
  const met = points.map((point) => [point.values[across], point.values[parameter]]).sort(([a], [b]) => a - b);
  const changes = met.slice(1).map(([, value], place) => Math.sign(value - met[place][1]));
  return !changes.some(Number.isNaN) && (!changes.includes(1) || !changes.includes(-1));
}

function valueWords(value, parameter) {
  if (typeof value !== "number") return String(value);
  return parameter.unit && parameter.unit !== "1" ? `${number(value, 5)} ${parameter.unit}` : number(value, 5);
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function drawSweep() {
  const { parameters, metrics, points } = page.sweep;
  const chosen = metrics[Number(document.getElementById("metric").value)];
  const across = Number(document.getElementById("across").value);
  const line = document.getElementById("lines")?.value ?? EVERY;
  const held = [...document.querySelectorAll("#held select")].filter((control) => control.value !== EVERY);
  const kept = points.filter((point) => held.every((control) =>
    JSON.stringify(point.values[Number(control.dataset.parameter)]) === control.value));
  const free = [...document.querySelectorAll("#held select")].some((control) => control.value === EVERY
    && !together(kept, across, Number(control.dataset.parameter)));
  const all = values(across);
  if (isHeat()) {
    drawHeat(chosen, across, Number(line), kept);
    tabulate(chosen, kept);
    return;
  }
  const numeric = all.every((value) => typeof value === "number");
  const place = numeric ? (value) => value : (value) => all.indexOf(value);
  const groups = line === EVERY ? [[chosen.label, kept]] : values(Number(line)).map((value) => [
    valueWords(value, parameters[Number(line)]), kept.filter((point) => point.values[Number(line)] === value)]);
  const series = groups.map(([name, group]) => {
    const drawn = group.filter((point) => point.estimates[chosen.name])
      .map((point) => [place(point.values[across]), ...point.estimates[chosen.name]])
      .sort((a, b) => a[0] - b[0]);
    const distinct = new Set(drawn.map(([x]) => x)).size === drawn.length;
    return { name, points: drawn, style: numeric && distinct && !free && drawn.length < 60 ? "line" : "points" };
  }).filter((group) => group.points.length);
  const positive = numeric && all.every((value) => value > 0) && all[all.length - 1] / all[0] >= 100;
  const parameter = parameters[across];
  drawChart(document.getElementById("sweep-chart"), {
    title: sentence(`${chosen.label} against ${parameter.label}`),
    about: `${sentence(chosen.doc)}. Means over the replicates of a point with 95 % intervals.`,
    x: { label: parameter.axis, names: numeric ? null : all.map(String), log: positive, zero: false },
    y: { label: chosen.axis },
    lines: line === EVERY ? null : parameters[Number(line)].label,
    series,
  });
  document.getElementById("sweep-about").textContent = `${parameter.label}: ${parameter.doc || "as listed in the sweep"}.`;
  tabulate(chosen, kept);
}

/** The mean of a metric over two parameters, as a table of colours; others are averaged over. */
function drawHeat(chosen, across, upwards, kept) {
  const { parameters } = page.sweep;
  const [columns, rows] = [values(across), values(upwards)];
  const sums = new Map();
  for (const point of kept) {
    const estimate = point.estimates[chosen.name];
    if (!estimate) continue;
    const key = `${columns.indexOf(point.values[across])},${rows.indexOf(point.values[upwards])}`;
    const [sum, times] = sums.get(key) ?? [0, 0];
    sums.set(key, [sum + estimate[0], times + 1]);
  }
  const points = [...sums].map(([key, [sum, times]]) => [...key.split(",").map(Number), sum / times]);
  const names = (found) => found.map((value) => (typeof value === "number" ? number(value, 5) : String(value)));
  drawChart(document.getElementById("sweep-chart"), {
    kind: "heat", title: sentence(`${chosen.label} by ${parameters[across].label} and ${parameters[upwards].label}`),
    about: `${sentence(chosen.doc)}. Means over the replicates of a point.`,
    x: { label: parameters[across].axis, names: names(columns) }, y: { label: parameters[upwards].axis, names: names(rows) },
    z: { label: chosen.axis }, series: [{ name: chosen.label, points }],
  });
  document.getElementById("sweep-about").textContent = `${parameters[across].label}: ${parameters[across].doc}.`;
}

/** What a change of one parameter does to the metrics, replicate by replicate. */
function buildChanges() {
  const { changes } = page.sweep;
  const control = select("change", changes.map((change, index) => [index, change.label]), () => draw());
  document.getElementById("changes").append(field("Change", control));
  const draw = () => {
    const { label, rows } = changes[Number(control.value)];
    drawChart(document.getElementById("difference-chart"), {
      kind: "differences", title: sentence(label), about: "Change of each mean with its 95 % interval, from runs of the same seeds; filled where it is more than chance.",
      x: { label: "quantity", names: rows.map(([name]) => name) }, y: { label: "change, %" },
      series: [{ name: label, points: rows.map(([, ...figures], index) => [index, ...figures]) }],
    });
  };
  draw();
}

/** The means of the points that are shown, as a table. */
function tabulate(chosen, kept) {
  const { parameters } = page.sweep;
  const estimates = kept.map((point) => [...point.values, ...(point.estimates[chosen.name] || [null, null, null]), point.counts[chosen.name] || 0]);
  document.getElementById("sweep-table").replaceChildren(buildTable({
    id: "summary", title: `Summary: ${chosen.label}`, rows: estimates, note: page.sweep.note,
    columns: [...parameters.map((entry) => ({ label: entry.axis, kind: entry.numeric ? "number" : "text", doc: entry.doc })),
      { label: "mean", kind: "number", doc: `${chosen.doc}, mean over the replicates` },
      { label: "95 % from", kind: "number", doc: "lower end of the 95 % interval of the mean" },
      { label: "95 % to", kind: "number", doc: "upper end of the 95 % interval of the mean" },
      { label: "n", kind: "number", doc: "replicates that have a value" }],
  }));
}
