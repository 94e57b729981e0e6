// The desk without reloads: keys, one press for many, undo, and what the others do. Every page works without it.
(() => {
  "use strict";
  const page = document, desk = page.getElementById("desk");
  if (!desk) return;
  const queue = page.getElementById("queue");
  const acts = desk.querySelector(".desk__act"), reasons = desk.querySelector(".reasons");
  const note = page.getElementById("desk-note"), help = page.getElementById("keys");
  const said = page.getElementById("said");
  const all = (selector, within = queue) => [...within.querySelectorAll(selector)];
  const FEW = 12; // comments left on the page when the next ones are fetched

  // The current comment, and what is chosen
  let current = null;
  const items = () => all(".queue__item:not(.is-decided, .is-own)");
  const box = (item) => item.querySelector(".queue__choose");
  const chosen = () => all(".queue__choose:checked, .group__head input:checked");
  const countChosen = () => {
    let count = 0;
    for (const group of all("[data-group]")) {
      const whole = group.querySelector(".group__head input:checked");
      count += whole ? Number(group.dataset.count) : all(".queue__choose:checked", group).length;
    }
    return count;
  };
  const target = acts?.querySelector("[data-target]");
  const tellTarget = () => {
    const count = countChosen();
    if (target) target.textContent = count ? target.dataset.many.replace("#", count) : target.dataset.one;
    tellAway();
  };
  const select = (item, { focus = true } = {}) => {
    if (current === item || item?.matches(".is-own")) return;
    current?.classList.remove("is-current");
    current?.removeAttribute("aria-current");
    current = item || null;
    if (current) {
      current.classList.add("is-current");
      current.setAttribute("aria-current", "true");
      if (focus) {
        current.focus({ preventScroll: true });
        current.scrollIntoView({ block: "nearest" });
      }
    }
    watchCurrent();
    bePresent();
  };
  // Where nothing is left there is nothing to decide; and the bar on a narrow screen is about a comment in sight.
  let isAway = false;
  const tellAway = () => desk.classList.toggle("is-away", isAway && !chosen().length);
  const sight = new IntersectionObserver((seen) => {
    isAway = !seen.at(-1).isIntersecting;
    tellAway();
  });
  const watchCurrent = () => {
    sight.disconnect();
    if (acts) acts.hidden = !current && !items().length;
    if (current) sight.observe(current);
  };
  const step = (by) => {
    const list = items(), at = list.indexOf(current);
    const next = list[at < 0 ? 0 : Math.max(0, Math.min(list.length - 1, at + by))];
    if (next) select(next);
  };
  const choose = (boxes, on) => {
    for (const one of boxes) one.checked = on;
    tellTarget();
    bePresent();
  };
  const chooseGroup = () => {
    const group = current?.closest("[data-group]") || queue.querySelector("[data-group]");
    if (!group) return;
    const boxes = all(".queue__item:not(.is-decided) .queue__choose, .group__head input", group);
    choose(boxes, !boxes.every((one) => one.checked));
  };
  const chooseAll = () => {
    const boxes = all(".queue__item:not(.is-decided) .queue__choose, [data-group]:not([hidden]) .group__head input");
    choose(boxes, !boxes.every((one) => one.checked));
  };
  queue.addEventListener("change", ({ target: changed }) => {
    if (changed.name === "group") choose(all(".queue__choose", changed.closest("[data-group]")), changed.checked);
    else if (changed.name === "comment" && !changed.checked) {
      const whole = changed.closest("[data-group]").querySelector(".group__head input");
      if (whole) whole.checked = false;
    }
    tellTarget();
    bePresent();
  });
  let lastBox = null; // Shift-click chooses a range
  queue.addEventListener("click", (event) => {
    const item = event.target.closest(".queue__item");
    if (!item) return;
    select(item, { focus: false });
    if (!event.target.matches(".queue__choose")) return;
    if (event.shiftKey && lastBox?.isConnected) {
      const boxes = all(".queue__choose"), [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(event.target)].sort((a, b) => a - b);
      choose(boxes.slice(from, to + 1), event.target.checked);
    }
    lastBox = event.target;
  });
  queue.addEventListener("focusin", ({ target: focused }) => {
    const item = focused.closest(".queue__item");
    if (item) select(item, { focus: false });
  });

  // A press
  const problem = acts?.querySelector("[data-problem]");
  const complain = (text) => {
    if (!problem) return;
    problem.textContent = text;
    if (text) acts.hidden = false;
    problem.hidden = !text;
  };
  const send = async (url, body) => {
    const answer = await fetch(url, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (!answer.ok) throw Object.assign(new Error(), { status: answer.status, text: await answer.text(), elsewhere: answer.headers.has("HX-Redirect") });
    const holder = page.createElement("template");
    holder.innerHTML = await answer.text();
    return holder.content;
  };
  let isSending = false;
  const press = async (button) => {
    if (isSending) return;
    const body = new FormData(desk);
    body.set(button.name, button.value);
    if (button.name === "act" && !chosen().length) {
      if (!current || current.classList.contains("is-decided")) return;
      body.append("comment", box(current).value);
    }
    isSending = true;
    ask(false);
    complain("");
    try {
      const came = await send(desk.action, body);
      take(came);
      if (note) note.value = "";
    } catch (error) {
      if (error.elsewhere) { // a fresh proof is needed: the plain form keeps what was chosen
        const hidden = Object.assign(page.createElement("input"), { type: "hidden", name: button.name, value: button.value });
        desk.append(hidden);
        if (!chosen().length && current) box(current).checked = true;
        HTMLFormElement.prototype.submit.call(desk);
        return;
      }
      complain(error.status === 422 ? error.text : desk.dataset.failed);
      if (error.status === 422) openNote();
    } finally {
      isSending = false;
    }
  };
  const openNote = () => {
    reasons?.classList.add("is-open");
    note?.focus();
  };
  desk.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || (button.name === "one" && /^remove /.test(button.value))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (button) select(button.closest(".queue__item"));
      if (button) ask(true);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    press(button);
  }, true);

  // What came of it: decided comments leave the page, and stay at hand for the undo
  const gone = new Map(); // by decision: the comments that left with it, and where they stood
  const numbers = (text) => (text || "").split(",").filter(Boolean);
  const itemOf = (number) => page.getElementById(`item-${number}`);
  const stays = new Set(["lock", "unlock", "feature", "unfeature", "reset_likes", "close", "reopen"]);
  const take = (came) => {
    const result = came.querySelector("[data-done]"), undo = came.querySelector(".undo");
    const done = numbers(result.dataset.done).map(itemOf).filter(Boolean);
    const list = items(), first = Math.max(0, list.indexOf(done[0]));
    tellMissed(came);
    choose(all("input:checked"), false);
    if (!undo) return;
    const isAside = stays.has(result.dataset.act);
    const isVouching = desk.dataset.queueShown === "new" && result.dataset.act === "approve"; // for all that they wrote
    const authors = new Set(isVouching ? done.map((item) => item.dataset.author) : []);
    const leaving = [...new Set([...done, ...list.filter((item) => authors.has(item.dataset.author))])];
    const places = isAside ? [] : leaving.map((item) => ({ item, list: item.parentElement, next: item.nextElementSibling }));
    if (isAside) renew(result.dataset.done);
    for (const { item } of places) item.remove();
    gone.set(undo.dataset.undo, places);
    offer(undo);
    if (!isAside) {
      tidy();
      const left = items();
      select(left[Math.min(first, left.length - 1)]);
      fill();
    }
    ask(false);
    askNews();
  };
  const tellMissed = (came) => {
    for (const line of came.querySelectorAll("[data-missed]")) markDecided(line.dataset.missed, line.textContent);
    const warning = came.querySelector("[data-warning]");
    if (warning) complain(warning.textContent);
  };
  const markDecided = (number, text) => {
    const item = itemOf(number);
    if (!item || item.matches(".is-own")) return;
    const told = item.querySelector("[data-told]");
    told.textContent = text;
    told.hidden = false;
    item.classList.add("is-decided");
    Object.assign(box(item), { checked: false, disabled: true });
    if (said) said.textContent = text;
    if (item === current) step(1);
  };
  const tidy = () => {
    for (const group of all("[data-group]")) group.hidden = !group.querySelector(".queue__item");
  };
  const renew = async (text) => { // what stays on the page shows its new state
    const ids = numbers(text);
    const answer = await fetch(location.href, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const holder = page.createElement("template");
    holder.innerHTML = await answer.text();
    for (const id of ids) {
      const fresh = holder.content.getElementById(`item-${id}`), old = itemOf(id);
      if (!fresh || !old) continue;
      old.replaceWith(fresh);
      if (current === old) { current = null; select(fresh); }
    }
  };

  // The next page comes before this one is empty
  let isFilling = false;
  const fill = async () => {
    const more = queue.querySelector(".pager [rel=next]");
    if (isFilling || items().length >= FEW || (!more && items().length)) return;
    isFilling = true;
    queue.ariaBusy = "true";
    try {
      const answer = await fetch(more?.href || location.href, { headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      const holder = page.createElement("template");
      holder.innerHTML = await answer.text();
      for (const item of holder.content.querySelectorAll(".queue__item")) if (itemOf(item.dataset.item)) item.remove();
      for (const group of holder.content.querySelectorAll("[data-group]")) if (!group.querySelector(".queue__item")) group.remove();
      queue.querySelector(".pager")?.remove();
      queue.querySelector(".empty")?.remove();
      if (!items().length && !holder.content.querySelector(".queue__item")) for (const group of all("[data-group]")) group.hidden = true;
      queue.append(holder.content);
      if (!current) select(items()[0]);
    } finally {
      isFilling = false;
      queue.ariaBusy = null;
    }
  };

  // Undo stays in sight for its seconds; u undoes the last decision as long as it does
  let shown = null, clock = 0;
  const offer = (form) => {
    page.querySelectorAll(".undo").forEach((old) => old.remove());
    shown = form;
    form.querySelector("kbd").hidden = false;
    page.body.append(form);
    clearTimeout(clock);
    clock = setTimeout(() => { if (!form.contains(page.activeElement)) form.remove(); }, Number(desk.dataset.undoSeconds) * 1000);
  };
  const undo = async () => {
    if (!shown?.isConnected || isSending) return;
    isSending = true;
    const form = shown;
    try {
      const came = await send(form.action, new FormData(form));
      const result = came.querySelector("[data-undone]"), back = new Set(numbers(result.dataset.undone));
      form.remove();
      const places = gone.get(form.dataset.undo) || [];
      const vouched = new Set(desk.dataset.queueShown === "new" ? places.filter(({ item }) => back.has(item.dataset.item)).map(({ item }) => item.dataset.author) : []);
      for (const { item, list, next } of places.toReversed()) {
        if (!(back.has(item.dataset.item) || vouched.has(item.dataset.author)) || itemOf(item.dataset.item)) continue;
        if (list.isConnected) list.insertBefore(item, next?.parentElement === list ? next : null);
      }
      queue.querySelector(".empty")?.remove();
      tidy();
      if (!places.length) renew(result.dataset.undone);
      tellMissed(came);
      const first = itemOf([...back][0]);
      if (first) select(first);
      if (said) said.textContent = came.querySelector("[data-warning]")?.textContent || "";
      complain("left" in result.dataset ? said.textContent : "");
      askNews();
    } catch (error) {
      complain(error.status ? error.text.slice(0, 200) : desk.dataset.failed);
    } finally {
      isSending = false;
    }
  };
  page.addEventListener("submit", (event) => {
    if (!event.target.matches(".undo")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    shown = event.target;
    undo();
  }, true);
  const flashed = page.querySelector(".undo");
  if (flashed) offer(flashed);

  // Keys
  let isAsking = false; // r was pressed: a digit says why
  const ask = (on) => {
    isAsking = on;
    reasons?.classList.toggle("is-asking", on);
    reasons?.classList.toggle("is-open", on);
  };
  const pressKey = (selector) => { const button = acts?.querySelector(selector); if (button) press(button); };
  const KEYS = {
    j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1),
    x: () => current && choose([box(current)], !box(current).checked),
    X: chooseGroup, "*": chooseGroup, A: chooseAll,
    a: () => pressKey("[data-key=a]"),
    r: () => reasons && ask(true),
    n: openNote,
    u: undo,
    o: () => current?.querySelector("a[href*='/comments/']")?.click(),
    "?": () => help.showModal(),
    Escape: () => { ask(false); complain(""); choose(all("input:checked"), false); },
  };
  page.addEventListener("keydown", (event) => {
    const { key, target: at } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (at.matches("textarea, select, input:not([type=checkbox])")) {
      if (key === "Escape") at.blur();
      return;
    }
    if (isAsking && /^[1-9]$/.test(key)) {
      event.preventDefault();
      pressKey(`[data-reason="${key}"]`);
      return;
    }
    if (key === "Escape" && at.closest(".more[open]")) return; // board.js closes the menu
    const act = KEYS[key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  acts?.querySelector("[data-help]")?.addEventListener("click", () => help.showModal());
  acts?.querySelector("[data-reasons]")?.addEventListener("click", () => ask(true));
  for (const button of all("[data-help], [data-reasons]", desk)) button.hidden = false;
  desk.classList.add("desk--live");

  // What the others do: who works on what, what they decided, how much waits
  let etag = "", pause = 0;
  const NEWS_MS = 4000, PRESENT_MS = 20000;
  const askNews = async () => {
    clearTimeout(pause);
    try {
      const answer = await fetch(`${desk.dataset.news}?since=${desk.dataset.last}`, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
      if (answer.status === 200) {
        etag = answer.headers.get("ETag") || "";
        tell(await answer.json());
      }
    } catch { /* the next question may be answered */ }
    clearTimeout(pause);
    if (!page.hidden) pause = setTimeout(askNews, NEWS_MS);
  };
  const tell = ({ counts, present, decided, last }) => {
    for (const [name, count] of Object.entries(counts)) {
      const badge = page.querySelector(`[data-queue="${name}"] .count`);
      if (badge && badge.textContent !== String(count)) badge.textContent = count;
    }
    for (const item of items()) {
      const line = item.querySelector("[data-present]"), names = present[item.dataset.item] || "";
      line.hidden = !names;
      line.querySelector("span").textContent = names;
    }
    for (const [number, text] of Object.entries(decided)) markDecided(number, text);
    desk.dataset.last = last;
  };
  let wait = 0, sentPresence = "";
  const bePresent = () => {
    clearTimeout(wait);
    wait = setTimeout(sendPresence, 400, false);
  };
  const sendPresence = (again) => {
    const working = new Set(all(".queue__choose:checked").map((one) => one.closest(".queue__item").dataset.item));
    if (current) working.add(current.dataset.item);
    const list = [...working].slice(0, 100).join(",");
    if (page.hidden || (!again && list === sentPresence)) return;
    sentPresence = list;
    const body = new FormData();
    body.set("csrf_token", desk.elements.csrf_token.value);
    body.set("comments", list);
    fetch(desk.dataset.presence, { method: "POST", body, headers: { "HX-Request": "true" }, keepalive: true }).catch(() => {});
  };
  setInterval(sendPresence, PRESENT_MS, true);
  page.addEventListener("visibilitychange", () => { if (!page.hidden) { askNews(); sendPresence(true); } });

  select(items()[0], { focus: false });
  tellTarget();
  askNews();
})();
