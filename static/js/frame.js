// In a frame on a publisher's page, before anything is drawn: puts on the page's looks, tells it the height and what
// happened. Nothing that page sends can do more than change the looks: see docs/decisions/0030.
(() => {
  "use strict";
  const page = document, root = page.documentElement;
  const { origins: listed, vouched } = page.currentScript.dataset, origins = listed.split(" ");
  const isText = (value) => typeof value === "string";

  const COLOUR = /^(#[\da-f]{3,8}|[a-z]+|(rgb|hsl|hwb|lab|lch|oklab|oklch)a?\([\d\s.,%/a-z+-]+\))$/i;
  const FONT = /^[\w\s,"'-]{1,200}$/;
  const set = (name, value, isRight) => {
    if (isText(value) && isRight) root.style.setProperty(name, value);
    else root.style.removeProperty(name);
  };
  const wear = ({ theme, accent, font, density, clear }) => {
    set("color-scheme", theme, theme === "light" || theme === "dark");
    set("--accent", accent, COLOUR.test(accent) && CSS.supports("color", accent));
    for (const name of ["--sans", "--serif"]) set(name, font, FONT.test(font));
    root.toggleAttribute("data-clear", clear === "1");
    root.dataset.density = density === "compact" ? density : "";
  };
  wear(Object.fromEntries(new URLSearchParams(location.hash.slice(1))));

  // The page around is one of the site's, which the browser confirms: no message goes to, or is taken from, any other.
  const around = () => {
    try { return location.ancestorOrigins?.[0] || new URL(page.referrer).origin; } catch { return ""; }
  };
  const isFramed = parent !== window;
  let host = isFramed && origins.includes(around()) ? around() : "";
  const say = (board, more) => { if (host) parent.postMessage({ board, ...more }, host); };
  addEventListener("message", ({ origin, source, data }) => {
    if (!isFramed || source !== parent || !origins.includes(origin)) return;
    if (data?.board === "sso") vouch(data.token);
    if (data?.board !== "look") return;
    const isFirst = !host;
    host = origin;
    wear(data);
    if (isFirst) begin();
    page.getElementById("register")?.submit(); // a page of the site's shows an article for the first time
  });

  // A token of the publisher's says who reads; the server judges it. Storage may be blocked, so the frame's name remembers
  // the last reload.
  const complain = (text, code) => {
    console.error(`Board: ${text} (${code})`);
    let place = page.getElementById("vouching");
    if (!place) {
      place = Object.assign(page.createElement("p"), { id: "vouching", className: "field__error", role: "alert" });
      page.getElementById("main").prepend(place);
    }
    place.textContent = text;
  };
  const isMember = () => page.querySelector("[data-member]") !== null;
  const reloadOnce = () => {
    if (Date.now() - (window.name.match(/^board-(\d+)$/)?.[1] || 0) < 5000) return;
    window.name = `board-${Date.now()}`;
    location.reload();
  };
  const vouch = async (token, isLastTry) => {
    if (!isText(token) || !vouched || (!token.trim() && !isMember())) return;
    const body = new FormData();
    body.set("token", token.trim());
    body.set("csrf_token", page.querySelector('[name="csrf_token"]')?.value || "");
    const answer = await fetch(vouched + (token.trim() ? "" : "/end"), { method: "POST", body, headers: { "HX-Request": "true" } });
    const said = await answer.json().catch(() => ({}));
    if (said.code === "used" && !isLastTry) setTimeout(vouch, 1500, token, true); // by another frame of this page, maybe
    else if (said.error) complain(said.error, said.code);
    else if (answer.ok && (said.member !== isMember() || said.is_new)) reloadOnce();
  };

  let height;
  const measure = () => {
    const bottoms = [page.body, ...page.querySelectorAll("[open] > .more__menu")].map((part) => part.getBoundingClientRect().bottom);
    const now = Math.ceil(Math.max(...bottoms) + scrollY);
    if (now !== height) say("height", { height: height = now });
  };
  const tellOpened = () => { if (page.querySelector("[data-gate]") && !page.getElementById("gate")) say("opened"); };
  const begin = () => {
    height = 0;
    say("ready", { title: page.title });
    if (host && top.opener) top.opener.postMessage({ board: "framed", part: location.pathname.split("/")[2] }, location.origin); // to static/js/check.js
    measure();
    tellOpened();
    for (const problem of page.querySelectorAll("[data-problem]")) console.warn("Board: " + problem.textContent);
  };
  page.addEventListener("DOMContentLoaded", () => {
    new ResizeObserver(measure).observe(page.body);
    begin();
  });
  page.addEventListener("toggle", measure, true);

  // What leads to another part of the frame stays in it.
  page.addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[href]");
    if (link && link.origin === location.origin && (link.pathname.startsWith("/embed/") || link.getAttribute("href")[0] === "#")) link.target = "_self";
  }, true);
  page.addEventListener("submit", ({ target }) => {
    if (!target.hasAttribute("target") && new URL(target.action).pathname.startsWith("/embed/")) target.target = "_self";
  }, true);
  // After a log-out, what was shown before it must not come back from the browser's memory.
  addEventListener("pageshow", ({ persisted }) => { if (persisted && page.querySelector("[data-member]")) location.reload(); });

  page.addEventListener("htmx:after:settle", ({ detail }) => {
    for (const node of detail.newContent || []) {
      if (node.matches?.("[data-posted]")) say("posted");
    }
    tellOpened();
  });
  page.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (ctx.request.method === "POST" && ctx.response.status === 200 && /\/votes(\?|$)/.test(ctx.request.action) && ctx.text.includes("ballot__voted")) say("voted");
  });
})();
