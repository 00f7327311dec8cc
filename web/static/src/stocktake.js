// Counting: every scan is sent at once; while the network is away it waits in this browser.
// Each scan has an id made here, so that sending it again never makes it two.
"use strict";
(() => {
  const form = document.querySelector("[data-stocktake]");
  if (!form) return;
  const key = `stocktake-${form.dataset.stocktake}`;
  const shelf = form.querySelector('[name="shelf"]');
  const scanned = form.querySelector('[name="scanned"]');
  const damaged = form.querySelector('[name="damaged"]');
  const log = form.querySelector("[data-log]");
  const queueLine = form.querySelector("[data-queue]");
  const box = form.querySelector('[name="box"]'); // only where boxes are opened
  const SHELF = /^(S:.+|[A-Z]{1,4}\d{1,3}-[A-Z]{1,3}\d{1,3}-\d+-\d+)$/i;
  const BOX = /^(B:.+|H?\d{1,8})$/i;

  const read = () => JSON.parse(localStorage.getItem(key) ?? "[]");
  const write = (queue) => {
    localStorage.setItem(key, JSON.stringify(queue));
    queueLine.textContent = queue.length ? form.dataset.waiting.replace("#", queue.length) : "";
  };

  function say(text, tone) {
    const line = document.createElement("li");
    line.textContent = text;
    line.className = `scan-${tone}`;
    log.prepend(line);
    while (log.children.length > 30) log.lastChild.remove();
  }

  async function post(scan) {
    const body = new FormData();
    for (const [name, value] of Object.entries(scan)) body.append(name, value);
    const answer = await fetch(form.action, {
      method: "POST", body, redirect: "error",
      headers: { Accept: "application/json", "X-CSRF-Token": window.station.csrf() },
    });
    if (answer.status >= 500 || answer.status === 401) throw new Error(String(answer.status));
    return [answer.ok, await answer.json()];
  }

  // Where one stands is no scan to be kept; with a network it is checked at once.
  async function stand(label) {
    try {
      const [ok, told] = await post({ client_id: "shelf", scanned: label, shelf: label });
      if (ok && shelf.value === label) shelf.value = told.shelf; // its code, for the eye
      if (!ok || told.wrong) say(ok ? told.told : `${label}: ${told.message}`, "bad");
    } catch { /* the scans that follow are told when the network is back */ }
  }

  let sending = false;
  async function send() {
    if (sending) return;
    sending = true;
    try {
      for (let queue = read(); queue.length; queue = read()) {
        const scan = queue[0];
        const [ok, told] = await post(scan);
        write(read().filter((one) => one.client_id !== scan.client_id));
        if (ok && box && told.kind === "box" && box.value === scan.scanned) box.value = told.name;
        if (ok) say(told.told, told.wrong ? "bad" : told.kind === "unknown" ? "warn" : "good");
        else say(`${scan.scanned}: ${told.message}`, "bad");
      }
    } catch {
      queueLine.textContent = form.dataset.unsent.replace("#", read().length);
    } finally {
      sending = false;
    }
  }

  function take(text) {
    const said = text.trim();
    if (!said) return;
    const isBox = BOX.test(said);
    if (SHELF.test(said)) {
      shelf.value = said;
      if (box) box.value = "";
      say(form.dataset.shelfSet.replace("#", said), "shelf");
      stand(said);
      return;
    }
    if (!shelf.value.trim()) { say(form.dataset.firstShelf, "bad"); return; }
    if (box && isBox) {
      box.value = said;
      say(form.dataset.boxSet.replace("#", said), "shelf");
    }
    const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    write([...read(), {
      client_id: id, scanned: said, shelf: shelf.value.trim(), damaged: damaged.checked ? "yes" : "",
      ...(box && !isBox ? { box: box.value.trim() } : {}),
    }]);
    damaged.checked = false;
    send();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    take(scanned.value);
    scanned.value = "";
    scanned.focus();
  });
  window.addEventListener("online", send);
  setInterval(() => { if (read().length) send(); }, 4000);
  write(read());
  send();
  scanned.focus();

  window.readsLabels(
    form,
    (text) => { navigator.vibrate?.(60); take(text); },
    (text) => say(text, "bad"),
  );
})();
