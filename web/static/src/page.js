// What every page may use, and none needs: pages work before this arrives.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");

  /** Says something to the eye and to a screen reader, for a few seconds. */
  window.station = {
    say(text) {
      const live = document.getElementById("live");
      live.textContent = text;
      clearTimeout(live.timer);
      live.timer = setTimeout(() => { live.textContent = ""; }, 6000);
    },
    csrf() {
      return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
    },
  };

  // A greyed button does nothing but show why: its reason stands beside it.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-print]");
    if (button) window.print();
    if (event.target.closest('[aria-disabled="true"]')) event.preventDefault();
  });

  // A form sent twice by an impatient finger is sent once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  document.querySelector("[data-focus]")?.focus();

  document.addEventListener("htmx:config:request", (event) => {
    const token = window.station.csrf();
    if (token) event.detail.ctx.request.headers["X-CSRF-Token"] = token;
  });
})();
