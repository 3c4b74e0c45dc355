// Put the page of a forecast study together.

for (const table of page.tables) document.getElementById("tables").append(buildTable(table));
document.documentElement.dataset.ready = "yes";
