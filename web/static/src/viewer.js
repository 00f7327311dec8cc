// The page viewer: the plain picture becomes a deep-zoom viewer when it is first used, so that a
// desk is quick to open and still works where the viewer cannot be loaded.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";

  function load(source) {
    load.once ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = done;
      script.onerror = () => { load.once = undefined; failed(new Error(source)); };
      document.head.append(script);
    });
    return load.once;
  }

  class PageViewer {
    constructor(root) {
      this.root = root;
      this.stage = root.querySelector("[data-stage]");
      this.read();
      const shown = root.querySelector(".thumbnails [aria-current]");
      this.at = Math.max(0, this.pages.findIndex((page) => String(page.n) === shown?.dataset.page));
      this.turns = {};
      if (shown) this.reveal(shown);
      root.addEventListener("click", (event) => this.clicked(event));
      this.stage.addEventListener("pointerdown", () => this.wake(), { once: true });
      this.stage.addEventListener("wheel", (event) => { event.preventDefault(); this.wake(); }, { once: true, passive: false });
    }

    /** Takes pages and stubs anew, after something was settled. */
    read() {
      const data = JSON.parse(document.querySelector("[data-viewer-data]").textContent);
      this.pages = data.pages;
      this.chosen = data.chosen;
    }

    get page() { return this.pages[this.at]; }
    get turn() { return this.turns[this.page.n] ?? this.page.turn; }

    async wake() {
      if (this.osd) return this.osd;
      await load(this.root.dataset.script);
      if (this.osd) return this.osd;
      // OpenSeadragon would put a style element of its own into the page, which our policy forbids.
      // It does not where it finds one by that name; ours is no HTML and does nothing.
      const instead = document.createElementNS("urn:nothing", "style");
      instead.setAttribute("data-openseadragon-mobile-css", "");
      document.head.append(instead);
      this.osd = window.OpenSeadragon({
        element: this.stage,
        drawer: "canvas",
        showNavigationControl: false,
        animationTime: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 0.35,
        springStiffness: 9,
        minZoomImageRatio: 0.8,
        maxZoomPixelRatio: 3,
        visibilityRatio: 0.4,
        gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
        gestureSettingsTouch: { pinchRotate: false },
      });
      this.osd.addHandler("open", () => this.opened());
      this.osd.addHandler("open-failed", () => window.station.say(this.root.dataset.sayFailed));
      this.osd.addHandler("canvas-click", (event) => this.picked(event));
      this.osd.addHandler("canvas-key", (event) => {
        // One set of keys, ours (below); arrows still move the page.
        if (!event.originalEvent.key.startsWith("Arrow")) event.preventDefaultAction = true;
      });
      this.osd.canvas.setAttribute("aria-label", this.stage.querySelector("svg")?.getAttribute("aria-label") ?? "");
      this.osd.canvas.setAttribute("role", "img");
      this.open();
      return this.osd;
    }

    open() {
      if (this.openPage === this.page.n) { this.opened(); return; }
      this.openPage = this.page.n;
      this.osd.open({ type: "image", url: this.page.src, buildPyramid: true, crossOriginPolicy: false });
    }

    opened() {
      this.stage.querySelector("svg.sheet-picture:not(.over)")?.remove();
      this.osd.viewport.setRotation(this.turn, true);
      this.draw();
      if (this.focus) this.goTo(this.focus);
      else this.osd.viewport.goHome(true);
    }

    /** The boxes of the stubs, as one picture that lies over the page and scales with it. */
    draw() {
      if (!this.osd?.isOpen()) return;
      this.osd.clearOverlays();
      const { w, h, stubs } = this.page;
      const over = document.createElementNS(SVG, "svg");
      over.setAttribute("viewBox", `0 0 ${w} ${h}`);
      over.setAttribute("class", "sheet-picture over");
      for (const [key, mark, [left, top, right, bottom]] of stubs) {
        const box = document.createElementNS(SVG, "rect");
        box.setAttribute("class", `stub n-${mark}${key === this.chosen ? " chosen" : ""}`);
        box.setAttribute("x", left); box.setAttribute("y", top);
        box.setAttribute("width", right - left); box.setAttribute("height", bottom - top);
        over.append(box);
      }
      const holder = document.createElement("div");
      holder.style.pointerEvents = "none";
      holder.append(over);
      this.osd.addOverlay({ element: holder, location: new window.OpenSeadragon.Rect(0, 0, 1, h / w) });
    }

    goTo([left, top, right, bottom]) {
      const { w, h } = this.page;
      const margin = Math.max(right - left, bottom - top) * 0.12;
      const area = new window.OpenSeadragon.Rect(
        Math.max(0, left - margin) / w, Math.max(0, top - margin) / w,
        (Math.min(w, right + margin) - Math.max(0, left - margin)) / w,
        (Math.min(h, bottom + margin) - Math.max(0, top - margin)) / w,
      );
      this.osd.viewport.fitBounds(area);
    }

    /** Shows a page, and on it a place if one is given. */
    show(at, focus) {
      if (at < 0 || at >= this.pages.length) return;
      this.at = at;
      this.focus = focus;
      const where = this.root.dataset.sayPage.replace("%1", this.page.n).replace("%2", this.pages.length);
      this.root.querySelector("[data-where]").textContent = `${this.page.n} / ${this.pages.length}`;
      this.root.querySelector("[data-said]").textContent = where;
      this.root.querySelector("[data-original]").href = this.page.src;
      this.control("previous", at > 0);
      this.control("next", at + 1 < this.pages.length);
      this.root.querySelector(".thumbnails [aria-current]")?.removeAttribute("aria-current");
      const link = this.root.querySelector(`.thumbnails [data-page="${this.page.n}"]`);
      if (link) { link.setAttribute("aria-current", "page"); this.reveal(link); }
      return this.wake().then(() => this.open());
    }

    reveal(link) {
      const strip = link.parentElement;
      strip.scrollLeft = link.offsetLeft - strip.offsetLeft - strip.clientWidth / 2 + link.clientWidth / 2;
    }

    control(name, usable) {
      const link = this.root.querySelector(`[data-do="${name}"]`);
      if (usable) { link.removeAttribute("aria-disabled"); link.href = "#"; } else { link.setAttribute("aria-disabled", "true"); link.removeAttribute("href"); }
    }

    /** Shows the next place of a number: a double one stands in several. */
    choose(key) {
      const again = this.chosen === key;
      this.chosen = key;
      const places = this.pages.flatMap((page, at) => page.stubs.filter((stub) => stub[0] === key).map((stub) => [at, stub[2]]));
      if (!places.length) { this.draw(); return false; }
      this.place = again ? ((this.place ?? 0) + 1) % places.length : 0;
      this.show(places[this.place][0], places[this.place][1]);
      return true;
    }

    clicked(event) {
      const thumbnail = event.target.closest(".thumbnails a");
      const tool = event.target.closest("[data-do]");
      if (thumbnail && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        this.show(this.pages.findIndex((page) => String(page.n) === thumbnail.dataset.page));
      } else if (tool) {
        event.preventDefault();
        if (tool.getAttribute("aria-disabled") !== "true") this.act(tool.dataset.do);
      }
    }

    async act(name) {
      if (name === "next") { this.show(this.at + 1); return; }
      if (name === "previous") { this.show(this.at - 1); return; }
      const { viewport } = await this.wake();
      if (!this.osd.isOpen()) { await new Promise((done) => { this.osd.addOnceHandler("open", done); }); }
      if (name === "in") viewport.zoomBy(1.5);
      if (name === "out") viewport.zoomBy(1 / 1.5);
      if (name === "whole") { this.focus = undefined; viewport.goHome(); }
      if (name === "turn") {
        this.turns[this.page.n] = (this.turn + 90) % 360;
        viewport.setRotation(this.turn);
        viewport.goHome();
      }
      viewport.applyConstraints();
    }

    picked(event) {
      if (!event.quick) return;
      const at = this.osd.viewport.viewerElementToImageCoordinates(event.position);
      const hit = this.page.stubs.find(([, , [left, top, right, bottom]]) => at.x >= left && at.x < right && at.y >= top && at.y < bottom);
      if (hit) this.root.dispatchEvent(new CustomEvent("desk:choose", { bubbles: true, detail: { key: hit[0], finding: hit[3], from: "viewer" } }));
    }
  }

  const KEYS = { j: "next", k: "previous", "+": "in", "=": "in", "-": "out", 0: "whole", r: "turn" };
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]") && !["radio", "checkbox"].includes(element.type);

  const root = document.querySelector("[data-viewer] [data-stage]")?.closest("[data-viewer]");
  if (!root || !document.querySelector("[data-viewer-data]")) return;
  const viewer = new PageViewer(root);
  window.station.viewer = viewer;
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || typing(event.target)) return;
    const name = KEYS[event.key.toLowerCase()];
    if (name) { event.preventDefault(); viewer.act(name); }
  });
})();
