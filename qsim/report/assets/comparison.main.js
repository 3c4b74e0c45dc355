// Put the page of a comparison together.

for (const chart of page.charts) {
  const figure = html("figure", { id: `chart-${chart.id}` });
  document.getElementById("charts").append(figure);
  drawChart(figure, chart);
}
for (const table of page.tables) document.getElementById("tables").append(buildTable(table));
document.documentElement.dataset.ready = "yes";
