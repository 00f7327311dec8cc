// Holds the parts of the desk together: a number, its place on the page, and its finding.
"use strict";
(() => {
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const { viewer, grid } = window.station;
  let following = false;

  function openFinding(key) {
    const finding = key && desk.querySelector(`[data-finding-key="${CSS.escape(key)}"]`);
    if (!finding) return;
    following = true;
    finding.open = true;
    finding.scrollIntoView({ block: "nearest" });
    setTimeout(() => { following = false; });
  }

  desk.addEventListener("desk:choose", (event) => {
    const { key, finding, from } = event.detail;
    grid.mark(desk, key);
    if (viewer && key) {
      if (from === "viewer") { viewer.chosen = key; viewer.draw(); } else viewer.choose(key);
    }
    openFinding(finding);
    if (!finding && from !== "viewer" && matchMedia("(width < 64rem)").matches) document.getElementById("desk-pages").scrollIntoView();
  });

  // A finding the page came with open says `toggle` too, sooner or later; it was asked for by nobody,
  // and must not turn the viewer away from the page that was.
  const cameOpen = new WeakSet(desk.querySelectorAll("[data-finding-key][open]"));

  // Opening a finding shows its place: `toggle` does not bubble, so it is caught on the way down.
  desk.addEventListener("toggle", (event) => {
    const finding = event.target;
    if (cameOpen.delete(finding)) return;
    if (following || !finding.open || !finding.matches("[data-finding-key]")) return;
    const { stub, page } = finding.dataset;
    if (stub) { grid.mark(desk, stub); viewer?.choose(stub); }
    else if (page && viewer) viewer.show(viewer.pages.findIndex((one) => String(one.n) === page));
  }, true);

  // Enter in a remark goes to the next field: it neither signs nor returns anything.
  desk.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".check-remark")) return;
    event.preventDefault();
    event.target.closest(".check").nextElementSibling?.querySelector("input")?.focus();
  });

  // Typing a number chooses “the number is …”.
  desk.addEventListener("input", (event) => {
    const choice = event.target.dataset?.picks;
    if (choice && event.target.value) document.getElementById(choice).checked = true;
  });

  document.addEventListener("htmx:after:swap", () => {
    if (!desk.isConnected) return;
    grid.ready(desk);
    viewer?.read();
    viewer?.draw();
    const open = desk.querySelector("details.finding[open]");
    if (open) {
      open.querySelector("summary").focus();
      open.scrollIntoView({ block: "nearest" });
      if (open.dataset.stub) { grid.mark(desk, open.dataset.stub); viewer?.choose(open.dataset.stub); }
    }
  });
})();
