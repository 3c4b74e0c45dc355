// Put the page of a sweep together.

if (page.sweep.points.length) buildSweep();
page.sweep.keys.forEach((chart, place) => drawChart(document.getElementById(`keys-${place}`), chart));
if (page.sweep.changes.length) buildChanges();
for (const table of page.tables) document.getElementById("tables").append(buildTable(table));
document.documentElement.dataset.ready = "yes";
