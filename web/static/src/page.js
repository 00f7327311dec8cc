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
    setTimeout(() => { delete form.dataset.sent; }, 5000); // the answer may be a file, and the page stay
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  document.querySelector("[data-focus]")?.focus();

  document.addEventListener("htmx:config:request", (event) => {
    const token = window.station.csrf();
    if (token) event.detail.ctx.request.headers["X-CSRF-Token"] = token;
  });
  // An answer that does not hold what was asked for is not swapped in: a refusal is shown beside
  // what was sent, which stays as it was typed; another page (sign-in, say) is gone to.
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    const answer = new DOMParser().parseFromString(ctx.text, "text/html");
    const whole = /^\s*<!doctype/i.test(ctx.text);
    if (ctx.select ? answer.querySelector(ctx.select) : !whole && ctx.response.status < 400) return;
    event.preventDefault();
    if (ctx.response.status < 400) { location.assign(ctx.response.raw.url); return; }
    const problem = answer.querySelector(".refusal, .problem");
    if (!problem) { window.station.say(document.body.dataset.sayUnsent); return; }
    document.querySelector("[data-answer]")?.remove();
    problem.dataset.answer = "";
    problem.setAttribute("role", "alert");
    ctx.sourceElement.before(problem);
    problem.scrollIntoView({ block: "nearest" });
  });
  // What htmx could not bring is said; the page stays as it is, with what was typed.
  document.addEventListener("htmx:error", () => window.station.say(document.body.dataset.sayUnsent));
})();
