// A telephone's camera that reads the QR code of a label: by the browser itself where it can, else
// by a library fetched only then (the form's data-decoder). Gives each label to take(), once.
"use strict";
window.readsLabels = (form, take, fail) => {
  const button = form.querySelector("[data-camera]");
  const video = form.querySelector("video");
  if (!navigator.mediaDevices?.getUserMedia) return;
  button.hidden = false;
  let last = "";
  let lastAt = 0;
  button.addEventListener("click", async () => {
    let detector;
    try {
      const known = await window.BarcodeDetector?.getSupportedFormats();
      const { BarcodeDetector } = known?.includes("qr_code") ? window : await import(form.dataset.decoder);
      detector = new BarcodeDetector({ formats: ["qr_code"] });
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.hidden = false;
      await video.play();
    } catch {
      fail(form.dataset.noCamera);
      return;
    }
    button.hidden = true;
    const look = async () => {
      const [found] = await detector.detect(video).catch(() => []);
      const now = Date.now();
      if (found && (found.rawValue !== last || now - lastAt > 4000)) {
        [last, lastAt] = [found.rawValue, now];
        take(found.rawValue);
      }
      setTimeout(look, 250);
    };
    look();
  });
};
