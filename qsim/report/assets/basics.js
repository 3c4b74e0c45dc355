// Making elements, wording numbers, reading the data of the page.

const page = JSON.parse(document.getElementById("data").textContent);
const SVG = "http://www.w3.org/2000/svg";

/** An HTML element with attributes and children; text goes in as text, never as markup. */
function html(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** An SVG element with attributes and children. */
function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

/** A field: a label over its control. */
function field(label, control) {
  return html("div", { class: "field" }, html("label", { for: control.id }, label), control);
}

/** A select of [value, text] choices. */
function select(id, choices, onchange) {
  const options = choices.map(([value, text]) => html("option", { value }, text));
  return html("select", { id, onchange }, ...options);
}

const GROUPED = new Intl.NumberFormat("en", { maximumFractionDigits: 0, useGrouping: true });

/** A number to some significant digits, thousands apart, with an exponent where that is shorter. */
function number(value, digits = 4) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-4) return value.toExponential(Math.max(digits - 1, 0)).replace(/\.?0+e/, "e");
  if (size >= 10 ** (digits - 1)) return GROUPED.format(Math.round(value)).replace(/,/g, "\u202f");
  return String(Number(value.toPrecision(digits)));
}

const SECONDS = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"], [1e-12, "ps"]];

/** A time in the unit that fits. */
function seconds(value, digits = 4) {
  if (value === null || value === undefined) return "–";
  const [scale, unit] = SECONDS.find(([least]) => Math.abs(value) >= least) || SECONDS[0];
  return `${number(value / scale, digits)} ${unit}`;
}

function perCent(share) {
  return share === null ? "–" : `${(100 * share).toFixed(1)} %`;
}

function count(amount, noun) {
  return `${GROUPED.format(amount).replace(/,/g, "\u202f")} ${noun}${amount === 1 ? "" : "s"}`;
}

/** Ask again whenever the width of an element changes; the first answer comes at once. */
function whenResized(element, redraw) {
  let last = 0;
  const look = () => {
    const width = Math.floor(element.clientWidth);
    if (width > 0 && width !== last) {
      last = width;
      redraw(width);
    }
  };
  // In the next frame: a picture that grows while it is being measured is measured again at once.
  new ResizeObserver(() => requestAnimationFrame(look)).observe(element);
  look();
}
