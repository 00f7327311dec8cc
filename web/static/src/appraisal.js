// Judging by keyboard: J and K move through the items, space ticks, 1 2 3 choose the opinion.
"use strict";
(() => {
  const desk = document.querySelector("[data-judging]");
  if (!desk) return;
  const rows = [...desk.querySelectorAll("tbody tr")];
  const form = document.getElementById("items");
  const opinions = { 1: "destroy", 2: "keep", 3: "take-out" };
  let at = -1;

  const go = (to) => {
    if (!rows.length) return;
    at = Math.min(Math.max(to, 0), rows.length - 1);
    for (const row of rows) row.removeAttribute("tabindex");
    rows[at].tabIndex = -1;
    rows[at].focus();
  };
  const typing = (target) =>
    target.closest("textarea, select, input:not([type=checkbox]):not([type=radio])");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") {
      go(at + (key === "j" ? 1 : -1));
    } else if (key === " " && at >= 0 && event.target === rows[at]) {
      const box = rows[at].querySelector("input[name=item]");
      if (box) box.checked = !box.checked;
    } else if (opinions[key]) {
      const choice = form.querySelector(`input[name=opinion][value="${opinions[key]}"]`);
      if (choice) choice.checked = true;
    } else return;
    event.preventDefault();
  });
})();
