// In the window that a frame opened to log in: hands the one-time code to that frame, if it is one of Board's own.
(() => {
  "use strict";
  const { code } = document.getElementById("handing").dataset;
  if (!opener) {
    document.getElementById("lost").hidden = false;
    return;
  }
  opener.postMessage({ board: "handover", code }, location.origin);
  close();
})();
