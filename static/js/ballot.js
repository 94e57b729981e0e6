// On pages with such a ballot: puts options into this browser's own order, and moves the rows of a ranking.
(() => {
  "use strict";
  const page = document;
  const hash = (text) => [...text].reduce((sum, c) => Math.imul(sum ^ c.charCodeAt(), 16777619) >>> 0, 2166136261);
  const seed = () => {
    try { return localStorage.order ||= Math.random().toString(36).slice(2); } catch { return ""; }
  };

  // A page kept for everybody has one order for all; this browser's stays what it is.
  const shuffle = (list) => {
    const own = seed(), rows = [...list.querySelectorAll(":scope > [data-option]:not([data-option='0'])")];
    if (!own || rows.length < 2) return;
    const first = page.createComment("");
    rows[0].before(first);
    rows.sort((a, b) => hash(own + a.dataset.option) - hash(own + b.dataset.option));
    first.replaceWith(...rows);
  };

  // Places stay 1, 2, 3 …: whatever moves, the others close up.
  const name = (row) => row.dataset.name || row.querySelector(".ballot__text").textContent.trim();
  const select = (row) => row.querySelector("select");
  const rowsOf = (list) => [...list.children].filter(select);
  const orderOf = (list) => rowsOf(list).filter((row) => select(row).value).sort((a, b) => select(a).value - select(b).value);
  const place = (list, row, index) => {
    const order = orderOf(list).filter((other) => other !== row);
    if (index >= 0) order.splice(index, 0, row);
    for (const other of rowsOf(list)) select(other).value = order.indexOf(other) + 1 || "";
  };
  const sort = (list) => {
    const order = orderOf(list);
    list.prepend(...order, ...rowsOf(list).filter((row) => !order.includes(row)));
  };
  const tell = (row) => {
    const said = page.getElementById("said"), place = select(row).value ? select(row).selectedOptions[0].text : row.parentNode.dataset.none;
    if (said) said.textContent = `${name(row)}: ${place}`;
  };
  const move = (list, row, by) => {
    const order = orderOf(list), now = order.indexOf(row);
    if (now < 0) place(list, row, by < 0 ? order.length : -1);
    else place(list, row, now + by < order.length ? Math.max(0, now + by) : -1);
    sort(list);
    tell(row);
  };

  const rank = (list) => {
    if (list.dataset.ready) return;
    list.dataset.ready = "1";
    for (const row of rowsOf(list)) {
      const buttons = page.createElement("span");
      buttons.className = "ballot__moves";
      for (const [by, label, sign] of [[-1, list.dataset.up, "↑"], [1, list.dataset.down, "↓"]]) {
        const button = page.createElement("button");
        Object.assign(button, { type: "button", textContent: sign, className: "button button--quiet" });
        button.ariaLabel = `${label}: ${name(row)}`;
        button.addEventListener("click", () => { move(list, row, by); button.focus(); });
        buttons.append(button);
      }
      select(row).after(buttons);
      select(row).addEventListener("change", ({ target }) => { place(list, row, target.value - 1); tell(row); });
    }
    sort(list);
  };

  // A row is dragged by its text with a mouse or a pen; a finger scrolls the page.
  let dragged, hasMoved;
  page.addEventListener("pointerdown", (event) => {
    const text = event.pointerType !== "touch" && !event.button && event.target.closest?.("[data-ranking] .ballot__text");
    dragged = text ? text.closest("li") : null;
    hasMoved = false;
  });
  page.addEventListener("pointermove", ({ clientX, clientY }) => {
    const over = dragged && page.elementFromPoint(clientX, clientY)?.closest("li");
    if (!over || over === dragged || over.parentNode !== dragged.parentNode) return;
    const { top, height } = over.getBoundingClientRect();
    hasMoved = true;
    dragged.classList.add("is-moving");
    over[clientY < top + height / 2 ? "before" : "after"](dragged);
  });
  const drop = () => {
    const row = dragged;
    dragged = null;
    if (!row || !hasMoved) return;
    row.classList.remove("is-moving");
    const list = row.parentNode, rows = rowsOf(list), above = rows.slice(0, rows.indexOf(row));
    place(list, row, above.every((other) => select(other).value) ? above.length : -1);
    sort(list);
    tell(row);
  };
  page.addEventListener("pointerup", drop);
  page.addEventListener("pointercancel", drop);

  // Writing a suggestion chooses it.
  page.addEventListener("input", ({ target }) => {
    const own = target.name === "write_in" && target.form.querySelector("[type='radio'][name='option'][value='0']");
    if (own && target.value.trim()) own.checked = true;
  });

  const prepare = () => {
    page.querySelectorAll("[data-shuffle]:not([data-ready])").forEach(shuffle);
    page.querySelectorAll("[data-ranking]").forEach(rank);
  };
  page.addEventListener("htmx:after:settle", prepare);
  page.addEventListener("board:laid", prepare);
  prepare();
})();
