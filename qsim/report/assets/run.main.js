// Put the page of a run together.

for (const chart of page.charts) {
  const figure = html("figure", { id: `chart-${chart.id}` });
  document.getElementById("charts").append(figure);
  drawChart(figure, chart);
}
for (const table of page.tables) document.getElementById("tables").append(buildTable(table));
if (page.network.nodes.length) {
  buildPicture(document.getElementById("picture"));
  buildDetails();
  buildTimeline();
  const buttons = { closer: () => zoom(1.3), wider: () => zoom(1 / 1.3), fit: showAll };
  for (const [id, act] of Object.entries(buttons)) document.getElementById(id).addEventListener("click", act);
}
document.documentElement.dataset.ready = "yes";
