// Saves reloads and typed text. Every page works without it.
(() => {
  "use strict";
  const page = document;
  const on = (type, act, capture) => page.addEventListener(type, act, capture);
  const each = (selector, act) => page.querySelectorAll(selector).forEach(act);

  // A draft stays in this browser until an answer says that it was taken, or one logs out.
  const drafts = (act) => { try { return act(localStorage); } catch { /* storage is blocked: no drafts */ } };
  const forget = (key) => drafts((kept) => kept.removeItem(key));
  on("input", ({ target }) => target.dataset.draft && drafts((kept) => { kept["draft:" + target.dataset.draft] = target.value; }));

  // A page kept for all readers is older than its relative times say.
  const units = { year: 31536e3, month: 2592e3, week: 604800, day: 86400, hour: 3600, minute: 60 };
  const relative = new Intl.RelativeTimeFormat(page.documentElement.lang);
  const tellTime = (time) => {
    const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
    const unit = Object.keys(units).find((name) => Math.abs(seconds) >= units[name] * 0.85);
    if (unit) time.textContent = relative.format(Math.round(seconds / units[unit]), unit);
  };

  const prepare = () => {
    each("[data-draft-sent]", (sent) => forget("draft:" + sent.dataset.draftSent));
    each("[data-draft]", (text) => { text.value ||= drafts((kept) => kept["draft:" + text.dataset.draft]) || ""; });
    each("time[data-relative]", tellTime);
    each("[data-copy]", (button) => { button.hidden = false; });
  };

  // One press sends once; the form wakes when it is answered or the page is shown again.
  const rest = (form, resting) => {
    form.toggleAttribute("data-sending", resting);
    for (const part of form.elements) if (part.type === "submit") part.ariaDisabled = resting || null;
  };
  on("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-sending]")) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else {
      rest(form, true);
      setTimeout(rest, 10000, form, false);
      if (form.matches("[data-forget-drafts]")) drafts((kept) => Object.keys(kept).filter((key) => key.startsWith("draft:")).forEach(forget));
    }
  }, true);
  for (const answered of ["htmx:finally:request", "answered"]) on(answered, ({ target }) => target.matches?.("form") && rest(target, false));
  addEventListener("pageshow", () => each("[data-sending]", (form) => rest(form, false)));

  on("click", (event) => {
    const pressed = event.target.closest("[data-video-embed], [data-copy]");
    if (!pressed || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const { videoEmbed, copy, copied } = pressed.dataset;
    if (videoEmbed) {
      const player = page.createElement("iframe");
      Object.assign(player, { src: videoEmbed, title: pressed.ariaLabel, allow: "autoplay; fullscreen" });
      pressed.replaceWith(player);
      player.focus();
    } else {
      navigator.clipboard.writeText(copy).then(() => { pressed.lastChild.textContent = copied; });
    }
  });
  on("keydown", ({ key, target }) => {
    const menu = key === "Escape" && target.closest(".more[open]");
    if (menu) {
      menu.open = false;
      menu.firstElementChild.focus();
    }
  });

  // If a swap took away what had the focus, the focus goes to what came.
  let focused;
  on("htmx:before:swap", () => { focused = page.activeElement; });
  on("htmx:after:settle", ({ detail }) => {
    prepare();
    const came = detail.newContent.find((node) => node.tagName);
    if (!came || !focused || focused.isConnected) return;
    const goal = came.querySelector("[autofocus]") || came;
    if (goal === came) came.tabIndex = -1;
    goal.focus({ preventScroll: true });
  });

  on("board:laid", prepare); // by live.js

  // A link to a comment opens the branches it lies in.
  const arrive = () => {
    const goal = page.getElementById(location.hash.slice(1));
    for (let branch = goal; (branch = branch?.parentElement?.closest("details")); ) branch.open = true;
    goal?.scrollIntoView();
    if (goal?.matches("textarea, input")) goal.focus();
  };
  addEventListener("hashchange", arrive);
  prepare();
  if (location.hash) arrive();
})();
