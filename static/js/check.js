// At /manage/sites/…/pages: opens the page to be checked, and waits for what Board's script and frames there say.
(() => {
  "use strict";
  const form = document.getElementById("check"), found = document.getElementById("found");
  const say = (name, value = "") => { found.textContent = form.dataset[name].replace("#", value); };
  const QUIET_MS = 3000, WAIT_MS = 12000;
  let opened, runs, parts, timer;

  const judge = () => {
    if (parts.size) say("works", [...parts].join(", "));
    else if (runs && !form.dataset.origins.split(" ").includes(runs)) say("foreign", runs);
    else say(runs ? "empty" : "silent");
  };
  addEventListener("message", ({ source, origin, data }) => {
    if (!opened) return;
    if (data?.board === "loaded" && source === opened) runs = origin;
    else if (data?.board === "framed" && origin === location.origin && source.top === opened) parts.add(data.part);
    else return;
    clearTimeout(timer);
    timer = setTimeout(judge, parts.size ? 500 : QUIET_MS);
  });
  form.addEventListener("submit", (event) => {
    const url = form.elements.url.value.trim();
    let address;
    try { address = new URL(url); } catch { return; } // the server says what is wrong with it
    if (!form.dataset.origins.split(" ").includes(address.origin)) return;
    event.preventDefault();
    address.hash = "board-check";
    [runs, parts] = ["", new Set()];
    opened = open(address, "board-check", "popup,width=900,height=900");
    say(opened ? "waiting" : "blocked");
    clearTimeout(timer);
    if (opened) timer = setTimeout(judge, WAIT_MS);
    form.dispatchEvent(new Event("answered", { bubbles: true }));
  });
})();
