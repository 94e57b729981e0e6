// In a frame on a publisher's page, before anything is drawn: puts on the page's looks, tells it the height and what
// happened. Nothing that page sends can do more than change the looks: see docs/decisions/0030.
(() => {
  "use strict";
  const page = document, root = page.documentElement;
  const { dataset } = page.currentScript, origins = dataset.origins.split(" ");
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
    root.toggleAttribute("data-ground", clear === ""); // not while nothing has been said of it: text would move
    root.dataset.density = density === "compact" ? density : "";
  };
  wear(Object.fromEntries(new URLSearchParams(location.hash.slice(1))));

  // The page around is one of the site's: no message goes to, or is taken from, any other. Where the browser does not say
  // which of them, all are told until it speaks, and only the right one hears it.
  const around = location.ancestorOrigins?.[0] || page.referrer.split("/", 3).join("/");
  let hosts = parent === window ? [] : origins.includes(around) ? [around] : origins;
  const say = (board, more) => hosts.forEach((host) => parent.postMessage({ board, ...more }, host));
  addEventListener("message", ({ origin, source, data }) => {
    if (source !== parent || !hosts.includes(origin)) return;
    hosts = [origin];
    if (data?.board === "sso") import(dataset.sso).then((sso) => sso.vouch(data.token));
    if (data?.board !== "look") return;
    wear(data);
    page.getElementById("register")?.submit(); // a page of the site's shows an article for the first time
  });

  let told;
  const measure = () => {
    const bottoms = [page.body, ...page.querySelectorAll("[open] > .more__menu")].map((part) => part.getBoundingClientRect().bottom);
    const height = Math.ceil(Math.max(...bottoms) + scrollY), count = page.getElementById("comments")?.dataset.count;
    // A part of the page that does not show yet has no height, but that is not news; a gate with nothing to unlock has none.
    if (told !== (told = height + "," + count) && (height || page.querySelector("[data-gate]"))) say("height", { height, count, site: dataset.slug });
  };
  const tellOpened = () => { if (page.querySelector("[data-gate]") && !page.getElementById("gate")) say("opened"); };
  const tokens = () => page.querySelectorAll("[name=csrf_token]");
  page.addEventListener("DOMContentLoaded", () => {
    say("ready", { title: page.title });
    if (hosts[0] && top.opener) top.opener.postMessage({ board: "framed", part: location.pathname.split("/")[2] }, location.origin); // to static/js/check.js
    new ResizeObserver(measure).observe(page.body);
    measure();
    tellOpened();
    for (const problem of page.querySelectorAll("[data-problem]")) console.warn("Board: " + problem.dataset.problem);
    // When one frame of a site logs in or out, the forms of the others held a token of before. A frame that shows
    // somebody takes none of another person's, to whom its text would be ascribed: it asks who reads now.
    try {
      const frames = new BroadcastChannel("board " + dataset.site), member = () => page.querySelector("[data-member]")?.dataset.member;
      frames.onmessage = ({ data }) => {
        if (member() && member() !== data.member) location.reload();
        else tokens().forEach((field) => { field.value = data.token; });
      };
      if (tokens()[0]) frames.postMessage({ token: tokens()[0].value, member: member() });
    } catch { /* nothing is kept here: nobody logs in */ }
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
    setTimeout(measure); // live.js has counted then
  });
  page.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (ctx.request.method === "POST" && ctx.response.status === 200 && /\/votes(\?|$)/.test(ctx.request.action) && ctx.text.includes("ballot__voted")) say("voted");
  });
})();
