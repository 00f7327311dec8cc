// The drop zone: files dragged anywhere onto the page are sent one after the other as raw bodies,
// with progress, and can be cancelled and sent again. The form then hands in what was received.
"use strict";
(() => {
  const zone = document.getElementById("drop");
  if (!zone?.dataset.receive) return;
  const say = (key) => zone.dataset[`say${key}`] ?? "";
  const list = zone.querySelector(".uploads");
  const input = zone.querySelector(".drop-files");
  const handIn = zone.querySelector("[data-hand-in]");
  const why = zone.querySelector("[data-why]");
  const natural = new Intl.Collator("zh", { numeric: true });
  const uploads = [];
  let dragDepth = 0;

  const kinds = zone.dataset.accept.split(",").map((kind) => kind.trim().toLowerCase());
  const size = (octets) => (octets < 1e6 ? `${Math.max(1, Math.round(octets / 1e3))} kB` : octets < 1e9 ? `${(octets / 1e6).toFixed(1)} MB` : `${(octets / 1e9).toFixed(2)} GB`);
  const lasts = (seconds) => { const s = Math.max(1, Math.round(seconds)); return s < 60 ? `${s} s` : `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`; };

  function refused(file) {
    if (!kinds.some((kind) => file.name.toLowerCase().endsWith(kind))) return say("WrongKind");
    if (file.size === 0) return say("Empty");
    return file.size > Number(zone.dataset.largest) ? say("TooLarge") : "";
  }

  class Upload {
    constructor(file) {
      this.file = file;
      this.item = document.createElement("li");
      this.item.className = "upload";
      this.name = Object.assign(document.createElement("span"), { className: "upload-name", textContent: file.name });
      this.told = Object.assign(document.createElement("span"), { className: "upload-told" });
      this.buttons = Object.assign(document.createElement("span"), { className: "upload-buttons" });
      this.bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
      this.bar.setAttribute("aria-label", file.name);
      this.item.append(this.name, this.told, this.buttons, this.bar);
      const reason = refused(file);
      this.set(reason ? "refused" : "waiting", reason || `${say("Waiting")} · ${size(file.size)}`);
    }

    set(state, told) {
      this.state = state;
      this.item.className = `upload ${{ refused: "failed", failed: "failed", received: "done" }[state] ?? ""}`;
      this.told.textContent = told;
      this.bar.hidden = !["waiting", "sending"].includes(state);
      this.buttons.replaceChildren();
      if (state === "failed") this.button(say("Retry"), () => { this.set("waiting", say("Waiting")); turn(); });
      if (state === "sending") this.button(say("Cancel"), () => this.request.abort());
      else this.button(say("Remove"), () => this.remove());
    }

    button(label, act) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: label });
      button.setAttribute("aria-label", `${label} ${this.file.name}`);
      button.addEventListener("click", act);
      this.buttons.append(button);
    }

    remove() {
      uploads.splice(uploads.indexOf(this), 1);
      this.item.remove();
      turn();
    }

    send() {
      const begun = performance.now();
      const request = new XMLHttpRequest();
      this.request = request;
      request.open("POST", zone.dataset.receive);
      request.responseType = "json";
      request.setRequestHeader("Content-Type", this.file.type || "application/octet-stream");
      request.setRequestHeader("X-File-Name", encodeURIComponent(this.file.name));
      request.setRequestHeader("X-CSRF-Token", window.station.csrf());
      request.upload.addEventListener("progress", (event) => {
        const part = event.loaded / this.file.size;
        const left = (performance.now() - begun) / 1000 * (1 - part) / Math.max(part, 1e-6);
        this.bar.value = part;
        this.told.textContent = `${say("Sending")} ${Math.floor(part * 100)}% · ${size(event.loaded)} / ${size(this.file.size)} · ${say("Left")} ${lasts(left)}`;
      });
      request.addEventListener("loadend", () => {
        const answer = request.response ?? {};
        if (request.status >= 200 && request.status < 300 && answer.upload) {
          this.upload = String(answer.upload);
          this.set("received", `${say("Received")} · ${size(this.file.size)}`);
        } else this.set("failed", answer.told || say("Failed"));
        turn();
      });
      this.set("sending", `${say("Sending")} 0%`);
      request.send(this.file);
    }
  }

  /** Sends what waits, one file at a time, and says whether the form can be handed in. */
  function turn() {
    const busy = uploads.some((upload) => upload.state === "sending");
    const waiting = uploads.find((upload) => upload.state === "waiting");
    if (!busy && waiting) { waiting.send(); return; }
    const received = uploads.filter((upload) => upload.state === "received");
    const reason = busy ? say("StillSending") : received.length ? "" : say("NothingYet");
    if (reason) handIn.setAttribute("aria-disabled", "true"); else handIn.removeAttribute("aria-disabled");
    why.textContent = reason || `${say("Total")} ${received.length} ${say("Files")} · ${size(received.reduce((sum, upload) => sum + upload.file.size, 0))}`;
  }

  function add(files) {
    zone.closest("details")?.setAttribute("open", "");
    for (const file of [...files].sort((a, b) => natural.compare(a.webkitRelativePath || a.name, b.webkitRelativePath || b.name))) {
      if (/^(\.|Thumbs\.db$|desktop\.ini$)/i.test(file.name)) continue;
      const upload = new Upload(file);
      uploads.push(upload);
      list.append(upload.item);
    }
    turn();
  }

  /** The files of a drop, folders opened. */
  async function dropped(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return [...transfer.files];
    const found = [];
    const open = async (entry) => {
      if (entry.isFile) found.push(await new Promise((done, failed) => { entry.file(done, failed); }));
      else {
        const reader = entry.createReader();
        for (;;) {
          const some = await new Promise((done, failed) => { reader.readEntries(done, failed); });
          if (!some.length) break;
          for (const one of some) await open(one);
        }
      }
    };
    for (const entry of entries) await open(entry);
    return found;
  }

  const holdsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  addEventListener("dragenter", (event) => { if (holdsFiles(event)) { dragDepth += 1; document.body.classList.add("dragging"); } });
  addEventListener("dragleave", (event) => { if (holdsFiles(event) && (dragDepth -= 1) <= 0) { dragDepth = 0; document.body.classList.remove("dragging"); } });
  addEventListener("dragover", (event) => { if (holdsFiles(event)) event.preventDefault(); });
  addEventListener("drop", async (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    dragDepth = 0;
    document.body.classList.remove("dragging");
    add(await dropped(event.dataTransfer));
  });
  zone.querySelector("[data-choose]").addEventListener("click", () => input.click());
  input.addEventListener("change", () => { add(input.files); input.value = ""; });

  zone.addEventListener("submit", (event) => {
    if (handIn.getAttribute("aria-disabled") === "true") { event.preventDefault(); event.stopPropagation(); return; }
    input.disabled = true;
    zone.enctype = "application/x-www-form-urlencoded";
    for (const upload of uploads.filter((one) => one.state === "received")) {
      zone.append(Object.assign(document.createElement("input"), { type: "hidden", name: "upload", value: upload.upload }));
    }
    uploads.length = 0;
  });
  addEventListener("beforeunload", (event) => { if (uploads.some((one) => one.state === "sending")) event.preventDefault(); });
  handIn.textContent = zone.dataset.handIn || handIn.textContent;
  turn();
})();
