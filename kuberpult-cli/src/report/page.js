"use strict";
// Filters what is on the page. All that it knows it reads from there, and it writes nothing but counts.
(() => {
  const find = (id) => document.getElementById(id);
  const form = find("filters");
  if (!form) return;
  const heads = Array.from(find("matrix").tHead.rows[0].cells);
  const first = heads.findIndex((head) => head.dataset.environment !== undefined);
  const rows = Array.from(find("matrix").tBodies[0].rows, (row) => {
    const team = row.cells[1];
    return {
      row,
      cells: Array.from(row.cells).slice(first),
      name: row.cells[0].textContent,
      team: team.classList.contains("none") ? "none" : ":" + team.textContent,
    };
  });
  const others = Array.from(document.querySelectorAll("[data-filtered]")).flatMap((list) =>
    Array.from(list.children, (item) => ({ item, name: item.querySelector("th, b").textContent })),
  );
  const places = Array.from(document.querySelectorAll("details[data-environment], tr[data-environment]"));
  const isOfInterest = (cell) => cell.classList.contains("is-behind") || cell.classList.contains("is-blocked");

  const filter = () => {
    const search = find("search").value.trim().toLowerCase();
    const [team, environment, only] = [find("team").value, find("environment").value, find("only").checked];
    const isShown = heads.slice(first).map((head) => environment === "any" || environment === ":" + head.dataset.environment);
    heads.slice(first).forEach((head, index) => { head.hidden = !isShown[index]; });
    const named = new Set();
    let shown = 0;
    for (const { row, cells, name, team: its } of rows) {
      const isNamed = name.toLowerCase().includes(search) && (team === "any" || team === its);
      if (isNamed) named.add(name);
      const isThere = isNamed && (!only || cells.some((cell, index) => isShown[index] && isOfInterest(cell)));
      row.hidden = !isThere;
      if (!isThere) continue;
      shown += 1;
      cells.forEach((cell, index) => { cell.hidden = !isShown[index]; });
    }
    for (const { item, name } of others) item.hidden = !named.has(name);
    for (const place of places) {
      if (environment !== "any" && environment !== ":" + place.dataset.environment) place.hidden = true;
      else if (place.tagName === "DETAILS") place.hidden = false;
    }
    find("nothing").hidden = shown > 0;
    find("shown").textContent = shown === rows.length ? `all ${shown} shown` : `${shown} of ${rows.length} shown`;
  };

  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  // A browser keeps what was chosen when a page is loaded again.
  filter();

  // What is closed would not be printed.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = Array.from(document.querySelectorAll("details:not([open])"));
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });
})();
