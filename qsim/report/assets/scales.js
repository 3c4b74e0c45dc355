// Axes: from values to places, and which values to mark.

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

/** Powers of ten in a range, with 2 and 5 between them where there are few. */
function logMarks(low, high) {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const factors = to - from <= 2 ? [1, 2, 5] : [1];
  const every = Math.ceil((to - from) / 7) || 1;
  const found = [];
  for (let power = from; power <= to; power += every) {
    for (const factor of factors) found.push(factor * 10 ** power);
  }
  return found.filter((mark) => mark >= low * 0.999 && mark <= high * 1.001);
}

/** A scale for numbers: `place` maps to pixels, `marks` are the values to label. */
function linear(low, high, from, to, wanted) {
  const place = (value) => from + ((value - low) / (high - low || 1)) * (to - from);
  return { place, marks: marks(low, high, wanted), label: (value) => number(value, 5) };
}

function logarithmic(low, high, from, to) {
  const [first, last] = [Math.log10(low), Math.log10(high)];
  const place = (value) => from + ((Math.log10(value) - first) / (last - first || 1)) * (to - from);
  return { place, marks: logMarks(low, high), label: (value) => number(value, 3) };
}

/** A scale for names: `place` takes the number of the category. */
function categorical(names, from, to) {
  const width = (to - from) / Math.max(names.length, 1);
  return {
    place: (value) => from + (value + 0.5) * width,
    marks: names.map((_, index) => index),
    label: (index) => names[index],
  };
}

/** The least and the greatest of some values, a little wider, and from zero where zero is near. */
function spread(values, fromZero) {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (fromZero && low >= 0 && (low < 0.35 * high || low === high)) low = 0;
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) * 0.1, high + (Math.abs(high) || 1) * 0.1];
  const room = 0.05 * (high - low);
  return [low === 0 ? 0 : low - room, high + room];
}
