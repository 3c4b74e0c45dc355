// Tables that sort, filter and turn pages, by pointer and by keyboard.

const ROWS = 25;

/** Build a table from {id, title, columns: [{label, kind, doc}], rows, note}. */
function buildTable(spec) {
  const state = { order: null, down: false, first: 0, sought: "" };
  const body = html("tbody");
  const shown = html("span", { role: "status" });
  const [back, next] = [["Previous", -ROWS], ["Next", ROWS]].map(([text, by]) =>
    html("button", { type: "button", onclick: () => turn(by) }, text));
  const heads = spec.columns.map((column, place) => html("th", { scope: "col", class: column.kind },
    html("button", { type: "button", title: column.doc, onclick: () => sort(place) }, column.label)));
  const search = html("input", { type: "search", id: `filter-${spec.id}`, autocomplete: "off", oninput: () => {
    state.sought = search.value.trim().toLowerCase();
    state.first = 0;
    show();
  } });
  const words = spec.rows.map((row) => row.map((cell) => String(cell ?? "")).join("\u0000").toLowerCase());

  function sort(place) {
    state.down = state.order === place ? !state.down : false;
    state.order = place;
    state.first = 0;
    heads.forEach((head, index) => {
      if (index === place) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    show();
  }

  function turn(by) {
    state.first += by;
    show();
  }

  function chosen() {
    const terms = state.sought.split(/\s+/).filter(Boolean);
    const found = spec.rows.map((_, index) => index)
      .filter((index) => terms.every((term) => words[index].includes(term)));
    if (state.order === null) return found;
    const sign = state.down ? -1 : 1;
    const value = (index) => spec.rows[index][state.order];
    return found.sort((a, b) => compare(value(a), value(b), sign) || a - b);
  }

  function show() {
    const rows = chosen();
    const last = Math.min(state.first + ROWS, rows.length);
    body.replaceChildren(...rows.slice(state.first, last).map((index) => html("tr", {},
      ...spec.rows[index].map((cell, place) => dataCell(cell, spec.columns[place], place)))));
    const of = rows.length === spec.rows.length ? "" : ` (of ${spec.rows.length})`;
    shown.textContent = rows.length ? `Rows ${state.first + 1}–${last} of ${rows.length}${of}` : `No row of ${spec.rows.length} matches`;
    back.disabled = state.first === 0;
    next.disabled = last >= rows.length;
  }

  const long = spec.rows.length > ROWS;
  show();
  return html("section", { class: "table", id: spec.id, "aria-labelledby": `title-${spec.id}` },
    html("div", { class: "head" }, html("h3", { id: `title-${spec.id}` }, spec.title),
      spec.rows.length > 5 ? field("Filter", search) : null),
    spec.note ? html("p", { class: "remark" }, spec.note) : null,
    html("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": `title-${spec.id}` },
      html("table", {}, html("thead", {}, html("tr", {}, ...heads)), body)),
    html("div", { class: "pager" }, long ? back : null, long ? next : null, shown),
    meanings(spec));
}

function meanings(spec) {
  const entries = spec.columns.filter((column) => column.doc).flatMap((column) =>
    [html("dt", {}, column.label), html("dd", {}, column.doc)]);
  return entries.length === 0 ? null : html("details", { class: "meanings" },
    html("summary", {}, "What the columns mean"), html("dl", { class: "facts" }, ...entries));
}

function dataCell(value, column, place) {
  const text = typeof value === "number" ? number(value, column.digits || 5) : value === null ? "–" : String(value);
  return place === 0 && column.kind !== "number"
    ? html("th", { scope: "row", class: "text" }, text)
    : html("td", { class: column.kind }, text);
}

/** Numbers by size, text by the alphabet, empty cells last either way. */
function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null);
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return sign * String(a).localeCompare(String(b), "en", { numeric: true });
}
