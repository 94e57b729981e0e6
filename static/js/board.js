// Saves reloads and typed text. Every page works without it.
(() => {
  "use strict";
  const on = (type, act, capture) => document.addEventListener(type, act, capture);
  const all = (selector, root = document) => root.querySelectorAll(selector);

  // Drafts: a text stays in this browser until the server says it was taken (data-draft-sent) or one logs out.
  const prefix = "board-draft:";
  const drafts = (act) => { try { return act(localStorage); } catch { return null; } };
  const forget = (key) => drafts((kept) => kept.removeItem(prefix + key));
  const forgetAll = () => drafts((kept) => Object.keys(kept).forEach((key) => key.startsWith(prefix) && kept.removeItem(key)));
  on("input", ({ target }) => {
    const key = target.dataset?.draft;
    if (key) target.value ? drafts((kept) => kept.setItem(prefix + key, target.value)) : forget(key);
  });

  // Relative times go stale in a kept page; the exact time beside them does not.
  const units = [["year", 31536e3], ["month", 2592e3], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];
  const relative = new Intl.RelativeTimeFormat(document.documentElement.lang || "en");
  const ago = (moment) => {
    const seconds = (Date.parse(moment) - Date.now()) / 1000;
    const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size * 0.85) || [];
    return unit && relative.format(Math.round(seconds / size), unit);
  };

  const prepare = () => {
    all("[data-draft-sent]").forEach((sent) => forget(sent.dataset.draftSent));
    all("[data-draft]").forEach((text) => { text.value ||= drafts((kept) => kept.getItem(prefix + text.dataset.draft)) || ""; });
    all("time[data-relative]").forEach((time) => { time.textContent = ago(time.dateTime) || time.textContent; });
    all("[data-copy][hidden]").forEach((button) => { button.hidden = false; });
  };

  // One press sends once: buttons rest while their form is on its way, and wake when the page is shown again.
  const rest = (form, resting) => {
    form.toggleAttribute("data-sending", resting);
    [...form.elements].forEach((part) => part.type === "submit" && (resting ? part.setAttribute("aria-disabled", "true") : part.removeAttribute("aria-disabled")));
  };
  on("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("data-sending")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    rest(form, true);
    setTimeout(rest, 10000, form, false);
    if (form.hasAttribute("data-forget-drafts")) forgetAll();
  }, true);
  addEventListener("pageshow", () => all("form[data-sending]").forEach((form) => rest(form, false)));
  on("htmx:finally:request", ({ target }) => target.closest?.("form") && rest(target.closest("form"), false));

  on("click", (event) => {
    const still = event.target.closest("[data-video-embed]");
    const copy = event.target.closest("[data-copy]");
    all("details.more[open]").forEach((menu) => menu.contains(event.target) || (menu.open = false));
    if (still && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      const frame = document.createElement("iframe");
      frame.src = still.dataset.videoEmbed;
      frame.title = still.getAttribute("aria-label");
      frame.allow = "autoplay; fullscreen; picture-in-picture";
      still.replaceWith(frame);
      frame.focus();
    } else if (copy) {
      const label = copy.querySelector("span") || copy;
      const text = label.textContent;
      navigator.clipboard?.writeText(copy.dataset.copy).then(() => {
        label.textContent = copy.dataset.copied;
        setTimeout(() => { label.textContent = text; }, 2000);
      });
    }
  });
  on("keydown", ({ key }) => {
    const menu = key === "Escape" && document.activeElement.closest("details.more[open]");
    if (menu) { menu.open = false; menu.firstElementChild.focus(); }
  });

  // What htmx puts in: if it took away what had the focus, the focus goes to what came.
  let focused;
  on("htmx:before:swap", () => { focused = document.activeElement; });
  on("htmx:after:settle", ({ detail }) => {
    const come = detail.newContent.find((node) => node.nodeType === 1);
    prepare();
    if (come && focused && focused !== document.body && !focused.isConnected && document.activeElement === document.body) {
      const goal = come.querySelector("[autofocus]") || come;
      if (goal === come) come.tabIndex = -1;
      goal.focus({ preventScroll: true });
    }
  });

  // A link to a comment opens the branches it lies in.
  const arrive = () => {
    const goal = location.hash && document.getElementById(location.hash.slice(1));
    if (!goal) return;
    for (let branch = goal.closest("details"); branch; branch = branch.parentElement.closest("details")) branch.open = true;
    goal.scrollIntoView();
    if (goal.matches("textarea, input")) goal.focus({ preventScroll: true });
  };
  addEventListener("hashchange", arrive);
  prepare();
  arrive();
})();
