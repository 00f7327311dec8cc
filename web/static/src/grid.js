// Arrow keys in the number grid; choosing a number shows its place without leaving the page.
"use strict";
(() => {
  const cells = (grid) => [...grid.querySelectorAll("a.n")];

  /** One stop for Tab: the chosen cell, else the first. */
  function rove(grid, to) {
    for (const cell of cells(grid)) cell.tabIndex = -1;
    const stop = to ?? grid.querySelector('a.n[aria-current]') ?? grid.querySelector("a.n");
    if (stop) stop.tabIndex = 0;
    return stop;
  }

  function neighbour(grid, cell, key) {
    const all = cells(grid);
    const at = all.indexOf(cell);
    const row = cell.closest("tr");
    if (key === "ArrowRight") return all[at + 1];
    if (key === "ArrowLeft") return all[at - 1];
    if (key === "Home") return (row ?? grid).querySelector("a.n");
    if (key === "End") return [...(row ?? grid).querySelectorAll("a.n")].at(-1);
    if (!row) return key === "ArrowUp" ? all[at - 1] : all[at + 1];
    const step = key === "ArrowUp" ? -1 : 1;
    const column = cell.closest("td").cellIndex;
    const rows = [...grid.querySelectorAll("tr")];
    for (let n = rows.indexOf(row) + step; n >= 0 && n < rows.length; n += step) {
      const found = rows[n].cells[column]?.querySelector("a.n");
      if (found) return found;
    }
    return step > 0 ? grid.querySelector(".strays a.n") : null;
  }

  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.("[data-grid] a.n");
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const grid = cell.closest("[data-grid]");
    const next = neighbour(grid, cell, event.key);
    if (next) { rove(grid, next); next.focus(); }
  });

  document.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-grid] a.n");
    if (!cell || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const desk = cell.closest("[data-desk]");
    if (!desk) return;
    event.preventDefault();
    history.replaceState(null, "", cell.href);
    desk.dispatchEvent(new CustomEvent("desk:choose", { detail: { key: cell.dataset.key, finding: cell.dataset.finding } }));
  });

  window.station.grid = {
    ready(scope) { for (const grid of scope.querySelectorAll("[data-grid]")) rove(grid); },
    mark(scope, key) {
      for (const grid of scope.querySelectorAll("[data-grid]")) {
        for (const cell of cells(grid)) cell.removeAttribute("aria-current");
        const chosen = key ? grid.querySelector(`a.n[data-key="${CSS.escape(key)}"]`) : null;
        if (chosen) {
          chosen.setAttribute("aria-current", "true");
          chosen.scrollIntoView({ block: "nearest" });
        }
        rove(grid, chosen);
      }
    },
  };
  window.station.grid.ready(document);
})();
