// In a frame on a publisher's page, before anything is drawn: puts on the page's looks, tells it the height and what
// happened. Nothing that page sends can do more than change the looks: see docs/decisions/0030.
(() => {
  "use strict";
  const page = document, root = page.documentElement;
  const origins = page.currentScript.dataset.origins.split(" ");
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
    if (!isFramed || source !== parent || !origins.includes(origin) || data?.board !== "look") return;
    const isFirst = !host;
    host = origin;
    wear(data);
    if (isFirst) begin();
    page.getElementById("register")?.submit(); // a page of the site's shows an article for the first time
  });

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
