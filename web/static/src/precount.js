// The count before a destruction: each label is told at once, in green or in red.
// Without this script the same form is sent and the page comes back with the same answer.
"use strict";
(() => {
  const form = document.querySelector("[data-precount]");
  if (!form) return;
  const said = form.querySelector('[name="said"]');
  const answer = form.querySelector("[data-answer]");
  const progress = form.querySelector("progress");

  function tell(text, tone) {
    answer.textContent = `${tone === "right" ? "✓" : "✕"} ${text}`;
    answer.className = `precount-answer ${tone}`;
    navigator.vibrate?.(tone === "right" ? 60 : [120, 80, 120]);
  }

  async function count(text) {
    const body = new FormData();
    body.append("said", text);
    try {
      const response = await fetch(form.action, {
        method: "POST", body, redirect: "error",
        headers: { Accept: "application/json", "X-CSRF-Token": window.station.csrf() },
      });
      const told = await response.json();
      if (!response.ok) { tell(told.message, "wrong"); return; }
      tell(told.told, "right");
      form.querySelector("[data-counted]").textContent = told.counted;
      progress.value = told.counted;
      document.querySelector(`[data-item="${told.item}"]`)?.remove();
      if (!told.left) window.location.assign(form.action); // now the count can be finished
    } catch {
      tell(`${text}: ${form.dataset.failed}`, "wrong");
    }
  }

  // One after the other: what a hand scanner types quickly is told in its order.
  let last = Promise.resolve();
  const take = (text) => { if (text.trim()) last = last.then(() => count(text.trim())); };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    take(said.value);
    said.value = "";
    said.focus();
  });
  said.focus();
  window.readsLabels(form, take, (text) => tell(text, "wrong"));
})();
