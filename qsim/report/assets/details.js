// The panel beside the picture: what is chosen, with its memories at the moment in view.

function buildDetails() {
  const { nodes, links } = page.network;
  const chooser = document.getElementById("chooser");
  const group = (label, letter, names) => html("optgroup", { label },
    ...names.map((name, index) => html("option", { value: `${letter}${index}` }, name)));
  chooser.append(html("option", { value: "" }, "Choose a node or a link"),
    group("Nodes", "n", nodes.map((node) => node.name)),
    group("Links", "l", links.map((link) => `${nodeName(link.a)} – ${nodeName(link.b)}`)));
  chooser.addEventListener("change", () => look({ chosen: chooser.value }));
  view.listeners.push(showDetails);
  showDetails();
}

function showDetails() {
  document.getElementById("chooser").value = view.chosen;
  const card = document.getElementById("card");
  const kept = document.activeElement?.dataset?.flow;
  const index = Number(view.chosen.slice(1));
  const shown = view.chosen === "" ? nothingChosen() : view.chosen[0] === "n" ? nodeCard(index) : linkCard(index);
  card.replaceChildren(...shown.filter((part) => part !== null));
  if (kept !== undefined) card.querySelector(`[data-flow="${kept}"]`)?.focus();
}

function nothingChosen() {
  const under = flowsAt(view.slider);
  return [
    html("h3", {}, "Network"),
    facts([["Nodes", number(page.network.nodes.length)], ["Links", number(page.network.links.length)],
      ["Memories", number(page.network.nodes.reduce((sum, node) => sum + node.memories, 0))]]),
    html("h4", {}, view.time === null ? `Over the whole run: ${count(page.timeline.flows.length, "flow")}` : `At ${seconds(view.slider)}: ${count(under.length, "flow")} under way`),
    flowList(view.time === null ? page.timeline.flows.map((_, index) => index) : under,
      (flow) => `${count(flow.path.length - 1, "hop")}, ${count(flow.memories, "memory").replace("memorys", "memories")} at each end`),
    html("p", { class: "remark" }, "Click a node or a link, choose it from the list, or walk from node to node with the arrow keys in the picture."),
  ];
}

function nodeCard(index) {
  const node = page.network.nodes[index];
  const reserved = reservedAt(index, view.slider);
  const under = flowsAt(view.slider).filter((flow) => page.timeline.flows[flow].path.includes(index));
  const links = page.network.links.map((link, place) => [link, place]).filter(([link]) => link.a === index || link.b === index);
  return [
    html("h3", {}, node.name),
    facts([["Memories", number(node.memories)], ["Kind", node.kind]]),
    html("h4", {}, "Over the whole run"),
    facts([["Memory time reserved", perCent(node.utilisation)], ["Memory time entangled", perCent(node.entangled)],
      ["Pairs expired", number(node.expired)]]),
    ...(view.time === null ? [] : [
      html("h4", {}, `At ${seconds(view.slider)}`),
      facts([["Reserved", `${reserved} of ${node.memories}`]]),
      flowList(under, (flow) => `holds ${heldBy(flow, index)} here`),
    ]),
    memoryCurve(index),
    html("h4", {}, "Links"),
    html("ul", {}, ...links.map(([link, place]) => html("li", {}, html("button", { type: "button", onclick: () => look({ chosen: `l${place}` }) },
      nodeName(link.a === index ? link.b : link.a), html("small", {}, `${number(link.length_m / 1e3)} km, ${number(link.rate_hz)} heralded pairs a second`))))),
  ];
}

function linkCard(index) {
  const link = page.network.links[index];
  const under = flowsAt(view.slider).filter((flow) => linksOf(page.timeline.flows[flow]).includes(index));
  const end = (node) => html("li", {}, html("button", { type: "button", onclick: () => look({ chosen: `n${node}` }) }, nodeName(node)));
  return [
    html("h3", {}, `${nodeName(link.a)} – ${nodeName(link.b)}`),
    facts([["Length", `${number(link.length_m / 1e3)} km`], ["Attempts", number(link.attempts)], ["Heralded pairs", number(link.heralds)],
      ["Heralded pairs a second", number(link.rate_hz)], ["Mean wait for a herald", seconds(link.mean_wait_s)],
      ["Success of one attempt", number(link.success_probability)], ["Fidelity when heralded", number(link.fidelity)]]),
    ...(view.time === null ? [] : [
      html("h4", {}, `At ${seconds(view.slider)}: ${count(under.length, "flow")} over it`),
      flowList(under, (flow) => `${count(flow.path.length - 1, "hop")}`),
      ...deliveredFacts(index),
    ]),
    html("h4", {}, "Between"),
    html("ul", {}, end(link.a), end(link.b)),
  ];
}

/** What was delivered over a link around the moment in view. */
function deliveredFacts(index) {
  if (page.timeline.delivered === null) return [];
  const { pairs, fidelity } = deliveriesAt(view.time)[index];
  return [facts([["Delivered over it, a second", number(rateOf(pairs))], ["Their mean fidelity", pairs ? number(fidelity) : "–"]])];
}

function facts(entries) {
  return html("dl", {}, ...entries.filter(([, value]) => value !== null).flatMap(([term, value]) =>
    [html("dt", {}, term), html("dd", {}, value)]));
}

/** Flows as buttons; pressing one marks its path in the picture. */
function flowList(flows, remark) {
  const most = 30;
  const items = flows.slice(0, most).map((index) => {
    const flow = page.timeline.flows[index];
    const pressed = String(view.traced === index);
    const trace = () => look({ traced: view.traced === index ? null : index });
    return html("li", {}, html("button", { type: "button", "aria-pressed": pressed, "data-flow": index, onclick: trace },
      flowName(flow), html("small", {}, remark(flow))));
  });
  return html("div", {}, html("ul", {}, ...items),
    flows.length > most ? html("p", { class: "remark" }, `and ${flows.length - most} more`) : null);
}

/** Reserved memories of one node over the run, with the moment marked. */
function memoryCurve(index) {
  const node = page.network.nodes[index];
  const { times, reserved } = page.timeline.steps[index];
  const end = page.simulated_s;
  const cursor = view.time === null ? null : svg("path", { class: "cursor", d: `M${((300 * view.slider) / end).toFixed(1)},0V64` });
  if (!end || !node.memories) return null;
  const [width, height] = [300, 64];
  const x = (time) => ((width * time) / end).toFixed(1);
  const y = (count) => (height - 2 - ((height - 6) * count) / node.memories).toFixed(1);
  const steps = times.map((time, place) => `${place ? "H" : "M"}${x(time)}${place ? "V" : ","}${y(reserved[place])}`).join("");
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Memories of ${node.name} reserved over the run, at most ${Math.max(...reserved)} of ${node.memories}` },
    svg("path", { class: "grid", d: `M0,${y(node.memories)}H${width}M0,${y(0)}H${width}` }),
    svg("path", { class: "area", d: `${steps}H${width}V${y(0)}H0Z` }),
    svg("path", { class: "edge", d: `${steps}H${width}` }),
    cursor);
}
