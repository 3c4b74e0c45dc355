// The timeline: a slider over the simulated time, above the reserved memories and the windows of the flows.

const TICKS = 1000;
const LANES = 24;

function buildTimeline() {
  const slider = document.getElementById("slider");
  slider.max = TICKS;
  slider.addEventListener("input", () => moveTo((slider.valueAsNumber / TICKS) * page.simulated_s));
  document.getElementById("whole").addEventListener("click", () => look({ time: null }));
  document.getElementById("earlier").addEventListener("click", () => step(-1));
  document.getElementById("later").addEventListener("click", () => step(1));
  document.getElementById("play").addEventListener("click", play);
  const strip = document.getElementById("strip");
  if (page.timeline.delivered !== null) {
    const choices = [["reserved", "Memories reserved"], ["entangled", "Entanglement"], ["fidelity", "Fidelity"]];
    const control = select("shown", choices, () => look({ shown: control.value, time: view.slider }));
    document.getElementById("shows").append(field("Show over time", control));
  } else {
    document.getElementById("shows").after(html("p", { class: "remark" }, "Entanglement and fidelity over time are shown of runs that record their pairs (run.record_pairs)."));
  }
  const lanes = packed();
  whenResized(strip, (width) => drawStrip(strip, width, lanes));
  view.listeners.push(() => showMoment(slider));
  showMoment(slider);
}

/** Show one time. */
function moveTo(time) {
  const at = Math.min(Math.max(time, 0), page.simulated_s);
  look({ time: at, slider: at });
}

/** Every time at which a flow begins or ends, ascending. */
function changes() {
  const times = page.timeline.flows.flatMap((flow) => [flow.start, flow.end]);
  return [...new Set(times)].filter((time) => time <= page.simulated_s).sort((a, b) => a - b);
}

function step(direction) {
  const times = changes();
  const next = direction > 0 ? times.find((time) => time > view.slider) : times.findLast((time) => time < view.slider);
  moveTo(next ?? (direction > 0 ? page.simulated_s : 0));
}

let playing = null;

/** Run through the simulated time in twenty seconds, or stop. */
function play() {
  const button = document.getElementById("play");
  if (playing !== null) {
    cancelAnimationFrame(playing);
    playing = null;
  } else {
    let last = null;
    let time = view.slider >= page.simulated_s ? 0 : view.slider;
    const forward = (now) => {
      time += last === null ? 0 : ((now - last) / 20e3) * page.simulated_s;
      last = now;
      moveTo(time);
      if (time < page.simulated_s) playing = requestAnimationFrame(forward);
      else play();
    };
    playing = requestAnimationFrame(forward);
  }
  button.textContent = playing === null ? "Play" : "Pause";
}

function showMoment(slider) {
  const under = flowsAt(view.slider).length;
  const reserved = page.network.nodes.reduce((sum, _, index) => sum + reservedAt(index, view.slider), 0);
  const said = view.time === null ? "averages; move the slider to see one moment"
    : `${count(under, "flow")} under way, ${number(reserved)} of ${number(page.timeline.memories)} memories reserved${deliveredWords()}`;
  slider.value = page.simulated_s ? (TICKS * view.slider) / page.simulated_s : 0;
  const moment = view.time === null ? "Whole run" : seconds(view.slider);
  slider.setAttribute("aria-valuetext", `${moment}: ${said}`);
  document.getElementById("moment").textContent = moment;
  document.getElementById("said").textContent = said;
  const whole = document.getElementById("whole");
  whole.setAttribute("aria-pressed", String(view.time === null));
  document.getElementById("strip").querySelector(".cursor")?.setAttribute("d", cursorAt());
  document.querySelectorAll("#strip .flow").forEach((bar) => {
    const [from, to] = [Number(bar.dataset.from), Number(bar.dataset.to)];
    bar.classList.toggle("now", from <= view.slider && view.slider < to);
  });
}

/** What has been delivered around the moment in view, where the run tells. */
function deliveredWords() {
  if (page.timeline.delivered === null) return "";
  const all = deliveredAt(view.time).map(([, found]) => found);
  const pairs = all.reduce((sum, found) => sum + found.pairs, 0);
  const mean = all.reduce((sum, found) => sum + found.pairs * found.fidelity, 0) / (pairs || 1);
  return pairs ? `, ${number(rateOf(pairs), 3)} pairs a second of fidelity ${mean.toFixed(3)}` : ", no pairs";
}

/** Flows in lanes without overlap, as many as fit the strip. */
function packed() {
  const free = [];
  const order = page.timeline.flows.map((flow, index) => [flow, index]).sort(([a, i], [b, j]) => a.start - b.start || i - j);
  return order.map(([flow, index]) => {
    let lane = free.findIndex((until) => until <= flow.start);
    if (lane < 0) lane = free.length;
    free[lane] = flow.end;
    return [index, lane];
  });
}

/** Round marks that cover a range: about `wanted` of them. */
function marks(low, high, wanted) {
  const span = high - low || Math.abs(high) || 1;
  const rough = span / Math.max(wanted, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, place) => (first + place) * step);
}

function faultWords(flow) {
  return flow.fault ? `, ended by a fault of ${flow.fault}` : "";
}

let cursorAt = () => "";

function drawStrip(strip, width, lanes) {
  const end = page.simulated_s || 1;
  const used = Math.min(LANES, Math.max(0, ...lanes.map(([, lane]) => lane + 1)));
  const [top, area, row, edge] = [16, 56, 7, 8];
  const height = top + area + 8 + used * row + 22;
  const x = (time) => edge + ((width - 2 * edge) * time) / end;
  cursorAt = () => `M${x(view.slider)},${top - 6}V${height - 18}`;
  const { times, reserved } = page.timeline.total;
  const most = page.timeline.memories || 1;
  const y = (count) => top + area - (area * count) / most;
  const steps = times.map((time, place) => `${place ? "H" : "M"}${x(time).toFixed(1)}${place ? "V" : ","}${y(reserved[place]).toFixed(1)}`).join("");
  const fitting = lanes.filter(([, lane]) => lane < LANES);
  const cut = fitting.length < lanes.length ? `${number(fitting.length)} of ${number(lanes.length)} flows, where they fit` : "flows";
  const broken = page.timeline.flows.some((flow) => flow.fault) ? "; marked where a fault ended one" : "";
  const said = `memories reserved, and windows of ${cut}${broken}`;
  const bars = fitting.map(([index, lane]) => {
    const flow = page.timeline.flows[index];
    const until = Math.min(flow.end, end);
    return svg("rect", {
      class: "flow", x: x(flow.start).toFixed(1), y: top + area + 8 + lane * row, height: row - 2,
      width: Math.max(x(until) - x(flow.start), 0.6).toFixed(1), "data-from": flow.start, "data-to": flow.end, "data-number": index,
    }, svg("title", {}, `${flowName(flow)}, ${seconds(flow.start)} to ${seconds(flow.end)}${faultWords(flow)}`));
  });
  // Flows that a fault has ended have a mark at their end.
  const faults = fitting.filter(([index]) => page.timeline.flows[index].fault).map(([index, lane]) => {
    const flow = page.timeline.flows[index];
    const up = top + area + 8 + lane * row - 1;
    return svg("path", { class: "fault", d: `M${x(Math.min(Math.max(flow.start, flow.end), end)).toFixed(1)},${up}v${row}` },
      svg("title", {}, `${flowName(flow)}: ${seconds(flow.end)}${faultWords(flow)}`));
  });
  const labels = marks(0, end, Math.max(3, width / 110)).map((time) =>
    svg("text", { x: x(time), y: height - 5, "text-anchor": time === 0 ? "start" : time > 0.97 * end ? "end" : "middle" }, seconds(time)));
  const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": page.timeline.about },
    svg("text", { x: edge, y: 11 }, said),
    svg("path", { class: "grid", d: `M${edge},${y(0)}H${width - edge}` }),
    svg("path", { class: "area", d: `${steps}H${x(end)}V${y(0)}H${x(0)}Z` }),
    svg("path", { class: "edge", d: `${steps}H${x(end)}` }),
    ...bars, ...faults, ...labels, svg("path", { class: "cursor", d: cursorAt() }));
  const follow = (event) => {
    if (event.type === "pointermove" && event.buttons !== 1) return;
    const box = drawing.getBoundingClientRect();
    moveTo(((event.clientX - box.left - edge) / (width - 2 * edge)) * end);
  };
  drawing.addEventListener("pointerdown", follow);
  drawing.addEventListener("pointermove", follow);
  strip.replaceChildren(drawing);
  showMoment(document.getElementById("slider"));
}
