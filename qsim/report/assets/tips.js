// What the point under the pointer is: a word beside it.

const NEAR = 28;

function showTips(figure, host) {
  const tip = html("div", { class: "tip", hidden: true });
  const { plot, chart } = figure;
  plot.over.append(tip);
  const hide = () => { tip.hidden = true; };
  plot.over.addEventListener("pointerleave", hide);
  plot.over.addEventListener("pointermove", (event) => {
    const box = plot.over.getBoundingClientRect();
    const found = nearest(plot, chart, event.clientX - box.left, event.clientY - box.top);
    if (found === null) {
      hide();
      return;
    }
    tip.replaceChildren(...found.lines.map((line) => html("div", {}, line)));
    tip.hidden = false;
    const room = host.clientWidth;
    tip.style.left = `${Math.max(0, Math.min(found.x + 12, box.width - tip.offsetWidth, room - tip.offsetWidth))}px`;
    tip.style.top = `${Math.max(0, found.y - tip.offsetHeight - 10)}px`;
  });
}

/** The point nearest to a place, x and y in pixels of the plot; null where none is near. */
function nearest(plot, chart, x, y) {
  let [best, least] = [null, Infinity];
  chart.series.forEach((series, place) => series.points.forEach((point) => {
    const [px, py] = pixelOf(plot, point[0], point[1], true);
    const distance = chart.kind === "bars" ? Math.abs(py - y) + place : Math.hypot(px - x, py - y);
    if (distance < least) [best, least] = [[series, point, px, py], distance];
  }));
  if (best === null || least > (chart.kind === "heat" ? Infinity : NEAR)) return null;
  const [series, point, px, py] = best;
  return { x: px, y: py, lines: worded(chart, series, point) };
}

function worded(chart, series, point) {
  const at = chart.x.names ? chart.x.names[point[0]] : `${chart.x.label}: ${number(point[0], 6)}`;
  if (chart.kind === "heat") return [`${chart.x.label}: ${at}`, `${chart.y.label}: ${chart.y.names[point[1]]}`, `${chart.z.label}: ${number(point[2], 6)}`];
  const interval = typeof point[2] === "number" ? [`95 %: ${number(point[2], 5)} to ${number(point[3], 5)}`] : [];
  const named = chart.series.length > 1 ? [series.name] : [];
  return [...named, String(at), `${chart.y.label}: ${number(point[1], 6)}`, ...interval];
}
