// The picture of the network, drawn by Cytoscape.js at positions that were worked out beforehand.

let graph = null;

/** How a name stands on each side of its node: both alignments, and the gaps. */
const SIDES = { below: ["bottom", "center", 4, 0], above: ["top", "center", -4, 0], right: ["center", "right", 0, 5], left: ["center", "left", 0, -5] };

/** Nodes up to which each has its figures below its name. */
const FEW = 60;

function buildPicture(container) {
  const few = page.network.nodes.length <= FEW;
  const elements = [...nodesInView().map(([data, position]) => ({ data, position })), ...linksInView().map((data) => ({ data }))];
  graph = cytoscape({
    container, elements, layout: { name: "preset", fit: false }, style: pictureStyle(few),
    autoungrabify: true, boxSelectionEnabled: false, autounselectify: true, minZoom: 0.02, maxZoom: 8,
    // A finger that drags scrolls the page, as the wheel does; buttons, keys and two fingers zoom.
    userPanningEnabled: !matchMedia("(pointer: coarse)").matches,
  });
  showAll();
  if (few) graph.style(pictureStyle(few));
  graph.on("tap", "node, edge", (event) => look({ chosen: event.target.id() }));
  graph.on("tap", (event) => {
    if (event.target === graph) look({ chosen: "", traced: null });
  });
  container.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) event.stopImmediatePropagation();
  }, { capture: true });
  container.addEventListener("keydown", pictureKeys);
  new ResizeObserver(() => requestAnimationFrame(() => graph.resize())).observe(container);
  graph.on("zoom resize", scaleBar);
  scaleBar();
  view.listeners.push(recolour);
  whenThemeChanges(() => {
    graph.style(pictureStyle(few));
    recolour();
  });
  drawLegend();
}

/** A bar of a round number of kilometres, where places are on a map. */
function scaleBar() {
  const bar = document.getElementById("scale");
  bar.hidden = page.network.metres === null;
  if (bar.hidden) return;
  const metres = page.network.metres / graph.zoom();
  const rough = 110 * metres;
  const power = 10 ** Math.floor(Math.log10(rough));
  const length = [5, 2, 1].map((factor) => factor * power).find((size) => size <= rough);
  bar.textContent = length >= 1000 ? `${number(length / 1000)} km` : `${number(length)} m`;
  bar.style.width = `${(length / metres).toFixed(1)}px`;
}

/** Size of letters that are read at the scale that shows the whole network. */
function lettering() {
  if (graph === null) return 12;
  return Math.min((graph.width() < 500 ? 10.5 : 12.5) / graph.zoom(), 30);
}

function pictureStyle(few) {
  const colours = theme();
  return [
    { selector: "node", style: {
      "width": few ? 30 : 48, "height": few ? 30 : 48, "background-color": "data(colour)", "border-width": 2, "border-color": colours.border,
      "label": "data(text)", "color": colours.ink, "font-size": few ? lettering() : 15, "text-wrap": "wrap",
      "text-valign": (node) => SIDES[node.data("side")][0], "text-halign": (node) => SIDES[node.data("side")][1],
      "text-margin-y": (node) => SIDES[node.data("side")][2], "text-margin-x": (node) => SIDES[node.data("side")][3], "text-background-color": colours.paper, "text-background-opacity": 0.8,
      "min-zoomed-font-size": few ? 5 : 9, "font-family": "system-ui, Liberation Sans, sans-serif",
    } },
    { selector: "edge", style: {
      "width": few ? "data(width)" : (edge) => 1.6 * edge.data("width"), "line-color": "data(colour)", "curve-style": page.network.links.length > 400 ? "haystack" : "bezier",
    } },
    { selector: ".traced", style: { "underlay-color": colours.chosen, "underlay-opacity": 0.35, "underlay-padding": 6 } },
    { selector: "node.chosen", style: { "border-color": colours.chosen, "border-width": 5 } },
    { selector: "edge.chosen", style: { "underlay-color": colours.chosen, "underlay-opacity": 0.5, "underlay-padding": 5 } },
  ];
}

/** Data and place of every node at the moment in view. */
function nodesInView() {
  const { nodes } = page.network;
  const ramp = theme().nodes;
  return nodes.map((node, index) => {
    const reserved = view.time === null ? null : reservedAt(index, view.time);
    const held = view.shown === "entangled" && reserved === null;
    const share = held ? node.entangled : reserved === null ? node.utilisation : reserved / (node.memories || 1);
    const figure = reserved === null ? perCent(share) : `${reserved}/${node.memories}`;
    const text = nodes.length > FEW ? node.name : `${node.name}\n${figure}`;
    return [{ id: `n${index}`, colour: onRamp(ramp, share), share, text, side: node.side }, { x: node.x, y: node.y }];
  });
}

/** Data of every link at the moment in view. */
function linksInView() {
  const { links } = page.network;
  const colours = theme();
  const greatest = fastest();
  if (view.shown !== "reserved" && view.time !== null) return links.map((link, index) => deliveredOver(link, index, colours));
  const traffic = new Array(links.length).fill(0);
  for (const index of view.time === null ? [] : flowsAt(view.time)) {
    for (const link of linksOf(page.timeline.flows[index])) traffic[link] += 1;
  }
  return links.map((link, index) => {
    const share = view.time === null ? link.rate_hz / greatest : traffic[index] / page.timeline.busiest;
    const idle = view.time !== null && traffic[index] === 0;
    return {
      id: `l${index}`, source: `n${link.a}`, target: `n${link.b}`, flows: traffic[index],
      colour: idle ? colours.idle : onRamp(colours.links, share), width: idle ? 2 : 2.5 + 5 * share,
    };
  });
}

/** Data of a link where pairs delivered, or their fidelity, are shown. */
function deliveredOver(link, index, colours) {
  const { pairs, fidelity } = deliveriesAt(view.time)[index];
  const share = view.shown === "entangled" ? pairs / page.timeline.delivered.most : (fidelity - 0.5) / 0.5;
  return {
    id: `l${index}`, source: `n${link.a}`, target: `n${link.b}`, flows: pairs, fidelity,
    colour: pairs === 0 ? colours.idle : onRamp(colours.links, share), width: pairs === 0 ? 2 : 2.5 + 5 * (view.shown === "entangled" ? share : 0.6),
  };
}

/** The greatest rate of a link; 1 where nothing was heralded. */
function fastest() {
  return page.network.links.reduce((most, link) => Math.max(most, link.rate_hz), 0) || 1;
}

/** What is marked: the element chosen, and the path of the flow that is traced. */
function marked() {
  const chosen = view.chosen === "" ? [] : [view.chosen];
  if (view.traced === null) return { chosen, traced: [] };
  const flow = page.timeline.flows[view.traced];
  return { chosen, traced: [...flow.path.map((node) => `n${node}`), ...linksOf(flow).map((link) => `l${link}`)] };
}

/** Colour the picture for the moment in view. */
function recolour() {
  graph.batch(() => {
    for (const data of [...nodesInView().map(([node]) => node), ...linksInView()]) {
      const element = graph.getElementById(data.id);
      const { id, source, target, side, ...changing } = data;
      if (Object.entries(changing).some(([name, value]) => element.data(name) !== value)) element.data(changing);
    }
    for (const [name, ids] of Object.entries(marked())) {
      graph.elements(`.${name}`).removeClass(name);
      for (const id of ids) graph.getElementById(id).addClass(name);
    }
  });
  drawLegend();
}

function drawLegend() {
  const colours = theme();
  const now = view.time !== null;
  const most = now ? String(page.timeline.busiest) : `${number(fastest(), 3)} /s`;
  const links = !now ? ["Links: heralded pairs", "0", most] : {
    reserved: ["Links: flows under way", "0", most],
    entangled: ["Links: pairs delivered over them", "0", `${number(rateOf(page.timeline.delivered?.most ?? 0), 3)} /s`],
    fidelity: ["Links: mean fidelity of pairs delivered", "0.5", "1"],
  }[view.shown];
  const nodes = now ? "Nodes: memories reserved" : view.shown === "entangled" ? "Nodes: memories entangled, mean" : "Nodes: memories reserved, mean";
  document.getElementById("legend").replaceChildren(
    key(nodes, "0 %", colours.nodes, "100 %"),
    key(links[0], links[1], colours.links, links[2]),
  );
}

function key(what, from, ramp, to) {
  return html("div", {}, html("span", {}, what), html("span", {}, from), rampBar(ramp), html("span", {}, to));
}

/** Arrow keys go from node to node, in the direction that they point; +, - and 0 zoom. */
function pictureKeys(event) {
  const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const direction = directions[event.key];
  if (direction) walk(direction);
  else if (event.key === "+" || event.key === "=") zoom(1.3);
  else if (event.key === "-") zoom(1 / 1.3);
  else if (event.key === "0") showAll();
  else if (event.key === "Escape") look({ chosen: "", traced: null });
  else return;
  event.preventDefault();
}

function walk([right, down]) {
  const { nodes } = page.network;
  if (!view.chosen.startsWith("n")) {
    look({ chosen: "n0" });
    return;
  }
  const here = nodes[Number(view.chosen.slice(1))];
  let [best, least] = ["", Infinity];
  nodes.forEach((node, index) => {
    const [dx, dy] = [node.x - here.x, node.y - here.y];
    const ahead = dx * right + dy * down;
    const aside = Math.abs(dx * down) + Math.abs(dy * right);
    const effort = ahead + 2 * aside;
    if (ahead > Math.max(1e-6, 0.3 * aside) && effort < least) [best, least] = [`n${index}`, effort];
  });
  if (best) look({ chosen: best });
}

/** Show the whole network; a small one is not blown up. */
function showAll() {
  graph.fit(undefined, 36);
  if (graph.zoom() > 1.6) graph.zoom(1.6).center();
}

function zoom(factor) {
  const middle = { x: graph.width() / 2, y: graph.height() / 2 };
  graph.zoom({ level: graph.zoom() * factor, renderedPosition: middle });
}
