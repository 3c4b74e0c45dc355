// What the network is like at one time: which flows are under way, and what every node has reserved.

/** The moment that the page shows; `time` is null for the average over the whole run. */
const view = { time: null, slider: 0, chosen: "", traced: null, shown: "reserved", listeners: [] };

/** Change what is shown and tell everybody. */
function look(changes) {
  Object.assign(view, changes);
  for (const listener of view.listeners) listener();
}

/** Numbers of the flows under way at a time; the last instant belongs to the windows that reach it. */
function flowsAt(time) {
  const end = page.simulated_s;
  return page.timeline.flows.flatMap((flow, index) =>
    flow.start <= time && (time < flow.end || (flow.end >= end && time >= end)) ? [index] : []);
}

/** Memories reserved at a node: the last step that began at or before the time. */
function reservedAt(node, time) {
  const { times, reserved } = page.timeline.steps[node];
  let [low, high] = [0, times.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle;
    else high = middle;
  }
  return times.length ? reserved[low] : 0;
}

/** Pairs delivered over every link in the span of a time, with their mean fidelity. */
function deliveriesAt(time) {
  const found = page.network.links.map(() => ({ pairs: 0, fidelity: 0 }));
  for (const [index, { pairs, fidelity }] of deliveredAt(time)) {
    for (const link of linksOf(page.timeline.flows[index])) {
      found[link].pairs += pairs;
      found[link].fidelity += pairs * fidelity;
    }
  }
  for (const link of found) link.fidelity /= link.pairs || 1;
  return found;
}

/** Flows that have pairs in the span of a time: number, pairs and mean fidelity of each. */
function deliveredAt(time) {
  const { spans, flows } = page.timeline.delivered;
  const span = Math.min(Math.floor((time / (page.simulated_s || 1)) * spans), spans - 1);
  return flows.flatMap(([at, pairs, fidelity], index) => {
    const place = at.indexOf(span);
    return place < 0 ? [] : [[index, { pairs: pairs[place], fidelity: fidelity[place] }]];
  });
}

/** Pairs of a span as pairs a second. */
function rateOf(pairs) {
  return page.timeline.delivered ? (pairs * page.timeline.delivered.spans) / (page.simulated_s || 1) : 0;
}

/** Memories that a flow holds at a node of its path: the ends as many as asked for, others twice as many. */
function heldBy(flow, node) {
  const ends = [flow.path[0], flow.path[flow.path.length - 1]];
  return ends.includes(node) ? flow.memories : 2 * flow.memories;
}

function nodeName(node) {
  return page.network.nodes[node].name;
}

function flowName(flow) {
  return `${nodeName(flow.path[0])} → ${nodeName(flow.path[flow.path.length - 1])}`;
}

/** Which links a flow runs over, by their numbers. */
const linkBetween = new Map();

function linksOf(flow) {
  if (linkBetween.size === 0) {
    page.network.links.forEach((link, index) => {
      linkBetween.set(`${link.a},${link.b}`, index).set(`${link.b},${link.a}`, index);
    });
  }
  return flow.path.slice(1).flatMap((node, place) => linkBetween.get(`${flow.path[place]},${node}`) ?? []);
}
