// On a log-in page inside a frame: opens a window of Board's own, and sends on the code that it hands over.
(() => {
  "use strict";
  const form = document.getElementById("handover");
  let opened;
  form.hidden = false;
  form.querySelector("button").addEventListener("click", () => {
    opened = open(form.dataset.window, "board-log-in", "popup,width=480,height=640");
  });
  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== location.origin || !opened || source !== opened || data?.board !== "handover" || typeof data.code !== "string") return;
    opened = null;
    form.elements.code.value = data.code;
    form.target = "_self";
    form.submit();
  });
})();
