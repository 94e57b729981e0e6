// On pages with a thread: lays what is one's own over a page that is kept for everybody, and tells of new comments.
(() => {
  "use strict";
  const page = document;
  const thread = () => page.getElementById("comments");
  const first = thread();
  if (!first) return;
  const { overlay, personal } = first.dataset;
  const isLaid = () => /(^|; )overlay=1(;|$)/.test(page.cookie);
  const keep = (value, more = "") => { page.cookie = `overlay=${value}; path=/; samesite=lax${location.protocol === "https:" ? "; secure" : ""}${more}`; };

  // The server's templates say where they belong. What had the focus keeps it, if it is there again.
  const lay = (html) => {
    const came = page.createElement("template");
    came.innerHTML = html;
    for (const part of came.content.querySelectorAll("[data-for]")) {
      const goal = page.querySelector(part.dataset.for);
      if (!goal || (part.dataset.for === "#comment-form" && goal.querySelector("textarea")?.value)) continue;
      const focused = goal.contains(page.activeElement) && (page.activeElement.getAttribute("formaction") || page.activeElement.getAttribute("href"));
      const nodes = [...part.content.children];
      goal[part.dataset.way || "replaceWith"](part.content);
      for (const node of nodes) {
        window.htmx?.process(node);
        if (focused) node.querySelector(`[formaction="${focused}"], [href="${focused}"]`)?.focus({ preventScroll: true });
      }
    }
    for (const id of came.content.querySelector("[data-liked]")?.dataset.liked.split(",") || []) {
      const like = page.querySelector(`#comment-${id} > .comment__own [name="liked"]`);
      if (like) [like.value, like.ariaPressed] = ["no", "true"];
    }
    const muted = came.content.querySelector("[data-muted]"), hidden = came.content.querySelector("[data-hidden-thread]");
    for (const author of muted?.dataset.muted.split(" ") || []) {
      for (const name of page.querySelectorAll(`.comment:not([class*="is-"]) .comment__author[href="${author}"]`)) {
        const body = name.closest(".comment__own")?.querySelector(":scope > .comment__body");
        if (!body) continue;
        const fold = muted.content.firstElementChild.cloneNode(true);
        body.replaceWith(fold);
        fold.append(body);
      }
    }
    const way = thread().querySelector("[data-hiding]");
    if (way) way.hidden = false;
    if (hidden && way) {
      const form = hidden.content.firstElementChild;
      form.action = way.getAttribute("href").replace("/hiding", "/hiding/end");
      for (const part of [...thread().children]) if (!part.matches(".thread__head")) part.hidden = true;
      thread().append(form);
    }
    const news = came.content.querySelector("[data-since]");
    for (const meta of news ? page.querySelectorAll('.comment:not([class*="is-"]) > .comment__own > .comment__meta') : []) {
      const { since, own } = news.dataset;
      if (Date.parse(meta.querySelector("time").dateTime) > since && !meta.querySelector(`[href="${own}"]`)) meta.append(news.content.cloneNode(true));
    }
    const token = came.content.querySelector("[data-token]")?.dataset.token;
    if (token) page.querySelectorAll('[name="csrf_token"]').forEach((field) => { field.value = token; });
    page.dispatchEvent(new Event("board:laid"));
    visit();
  };

  // What is new since the last visit is a chain of links. A visit is noted, once, when the thread comes into sight.
  const visit = () => {
    page.querySelectorAll("#visit > a, .comment__new").forEach((link, i, { [i + 1]: next }) => {
      link.href = next ? "#" + next.closest(".comment").id : i ? "#comments" : thread().dataset.visit;
    });
    const due = page.querySelector("#visit[data-due]");
    due?.removeAttribute("data-due");
    if (due) new IntersectionObserver(([seen], watch) => {
      if (!seen.isIntersecting) return;
      watch.disconnect();
      const body = new FormData(page.getElementById("thread-act"));
      body.set("seconds", Math.ceil(performance.now() / 1000) + 1); // the page may be a second old
      fetch(thread().dataset.visit, { method: "POST", body, headers: { "HX-Request": "true" }, keepalive: true }).catch(() => {});
    }).observe(page.getElementById("thread-list"));
  };

  // Until the overlay is there, forms hold another token; so a press waits for it.
  let waiting;
  const fetchOverlay = async () => {
    const ids = [...page.querySelectorAll(".comment")].slice(0, 300).map(({ id }) => id.slice(8));
    const glue = overlay.includes("?") ? "&" : "?";
    try {
      const answer = await fetch(`${overlay}${glue}ids=${ids}`, { signal: AbortSignal.timeout(8000) });
      if (answer.status === 205) location.reload();
      else if (!answer.ok) throw new Error();
      else lay(await answer.text());
    } catch {
      keep("", "; max-age=0"); // the next page comes whole
    }
    waiting = null;
  };
  page.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!waiting || !button?.form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.then(() => button.isConnected && button.click());
  }, true);
  if (overlay && personal !== undefined) keep("1");
  else if (overlay && isLaid()) waiting = fetchOverlay();
  visit();
  const wasLaid = isLaid();
  addEventListener("pageshow", ({ persisted }) => { if (persisted && (wasLaid || isLaid())) location.reload(); });

  // New comments are announced, never inserted; the questions get rarer while nothing happens.
  const SOON = 15000, SELDOM = 60000;
  let pause = SOON, timer;
  const inWords = (count, { dataset }) => {
    const texts = JSON.parse(dataset.texts);
    return (texts[new Intl.PluralRules(page.documentElement.lang).select(count)] || texts.other).replace("#", count);
  };
  const tell = (comments) => {
    const { dataset } = thread();
    dataset.count = Math.min(dataset.count, comments);
    const count = comments - dataset.count, news = thread().querySelector(".thread__news a");
    const text = inWords(count, news);
    if (count && news.textContent !== text) {
      news.textContent = text;
      pause = SOON;
    }
    news.hidden = !count;
  };
  const ask = async () => {
    pause = Math.min(pause * 1.5, SELDOM);
    try {
      const answer = await fetch(thread().dataset.version, { cache: "no-cache", credentials: "omit" });
      if (answer.ok) tell((await answer.json()).comments);
    } catch { /* the next question may be answered */ }
    plan();
  };
  let isInSight = true; // in a frame, the page around may have scrolled it away
  const isSeen = () => isInSight && !page.hidden;
  const plan = () => {
    clearTimeout(timer);
    if (isSeen() && thread()?.dataset.version) timer = setTimeout(ask, pause);
  };
  const look = () => {
    pause = SOON;
    if (isSeen()) ask();
    else clearTimeout(timer);
  };
  page.addEventListener("visibilitychange", look);
  if (parent !== window) new IntersectionObserver(([body]) => {
    const wasInSight = isInSight;
    isInSight = body.isIntersecting;
    if (isInSight !== wasInSight) look();
  }).observe(page.body);
  page.addEventListener("htmx:after:settle", ({ detail }) => {
    const head = page.getElementById("comments-head"); // one's own is no news, but counts
    for (const node of detail.newContent) if (node.matches?.("[data-posted]")) head.textContent = inWords(++thread().dataset.count, head);
    visit();
  });
  plan();
})();
