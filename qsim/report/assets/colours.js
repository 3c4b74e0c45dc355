// Colours that the picture of the network needs as values: a canvas reads no style sheet.

const RAMPS = {
  light: {
    ink: "#1a2129", paper: "#ffffff", border: "#55606d", idle: "#b4bdc6", chosen: "#a3212b",
    nodes: ["#e6eff8", "#6ea6d8", "#08376e"],
    links: ["#cf9a68", "#b4581d", "#5c1c00"],
  },
  dark: {
    ink: "#e4e9ee", paper: "#12171d", border: "#a3afbb", idle: "#4a5560", chosen: "#ff9a9a",
    nodes: ["#1d2a38", "#2f6fae", "#b5d8ff"],
    links: ["#7a5130", "#cf7d33", "#ffd2a1"],
  },
};

const darkness = matchMedia("(prefers-color-scheme: dark)");
let printing = false;

/** The colours of the theme in force; paper is always light. */
function theme() {
  return darkness.matches && !printing ? RAMPS.dark : RAMPS.light;
}

/** Call back when the theme changes, and for printing. */
function whenThemeChanges(redraw) {
  darkness.addEventListener("change", redraw);
  for (const [event, state] of [["beforeprint", true], ["afterprint", false]]) {
    addEventListener(event, () => {
      printing = state;
      document.documentElement.classList.toggle("paper", state);
      redraw();
    });
  }
}

/** The colour at a share between 0 and 1 of a ramp of three. */
function onRamp(ramp, share) {
  const at = Math.min(Math.max(share, 0), 1) * (ramp.length - 1);
  const low = Math.min(Math.floor(at), ramp.length - 2);
  const channel = (colour, place) => parseInt(colour.slice(1 + 2 * place, 3 + 2 * place), 16);
  const mixed = [0, 1, 2].map((place) => {
    const [from, to] = [channel(ramp[low], place), channel(ramp[low + 1], place)];
    return Math.round(from + (to - from) * (at - low));
  });
  return `rgb(${mixed.join(",")})`;
}

/** A bar with the colours of a ramp, for a legend. */
function rampBar(ramp) {
  const steps = 24;
  const bars = Array.from({ length: steps }, (_, place) =>
    svg("rect", { x: 4 * place, y: 0, width: 4.5, height: 12, fill: onRamp(ramp, place / (steps - 1)) }));
  return svg("svg", { width: 4 * steps, height: 12, "aria-hidden": "true" }, ...bars);
}
