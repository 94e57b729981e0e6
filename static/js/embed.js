// Board on a publisher's page: <board-thread>, <board-ballot>, <board-gate> and <board-count>; see docs/embedding.md.
// Served without these lines. Every reader of the page loads it: below 2 KB compressed, and it touches nothing around.
(() => {
  const page = document, root = page.documentElement, tags = customElements, frames = new Set(), numbers = new Set();
  const home = new URL(page.currentScript.src).origin, here = location.origin;
  if (tags.get("board-count")) return;
  const said = (element, name) => element.getAttribute(name);
  const night = matchMedia("(prefers-color-scheme: dark)");

  // Opened by Board's own check of the page: see static/js/check.js.
  const isChecked = location.hash === "#board-check";
  if (isChecked) opener?.postMessage({ board: "loaded" }, home);
  const idOf = (element) => said(element, "article-id") || "";
  const siteOf = (element) => said(element, "site") || here;
  const show = (site, counts) => numbers.forEach((one) => {
    const number = counts[idOf(one)];
    if (site.includes(siteOf(one)) && number >= 0) one.textContent = (+number).toLocaleString();
    one.isConnected || numbers.delete(one);
  });

  // A page may have a dark mode of its own: what is behind the element decides.
  const ground = (at) => {
    const scheme = getComputedStyle(root).colorScheme;
    let isDark = /dark/.test(scheme) && (night.matches || !/light/.test(scheme));
    for (; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor, [r, g, b, alpha] = colour.match(/[\d.]+/g);
      if (alpha !== "0") {
        isDark = /^rgb/.test(colour) ? 3 * r + 6 * g + +b < 1280 : r < 0.6;
        break;
      }
    }
    return isDark ? "dark" : "light";
  };

  const define = (kind, least, label, path, ask) => tags.define("board-" + kind, class extends HTMLElement {
    static observedAttributes = ["article-id", "ballot", "site", "sort", "language", "theme", "accent", "font", "density"];

    connectedCallback() {
      const frame = this.frame = page.createElement("iframe"), look = this.look(), asked = new URLSearchParams(ask(this));
      frames.add(this);
      asked.set("site", siteOf(this));
      asked.set("language", said(this, "language") || "");
      this.start = +said(this, "height") || least;
      this.least = this.isReady = 0;
      Object.assign(frame, { title: label, loading: isChecked ? "eager" : "lazy", referrerPolicy: "origin", src: `${home}/embed/${path(this)}?${asked}#${new URLSearchParams(look)}` });
      frame.style = `display:block;width:100%;border:0;color-scheme:${look.theme};height:${this.start || innerHeight}px`;
      frame.onload = () => setTimeout(() => {
        if (this.frame !== frame || this.isReady) return;
        frame.replaceWith(page.createElement("slot"));
        console.warn(`Board: is ${here} registered, and ${home} in frame-src?`, this);
      }, 1000);
      (this.shadowRoot || this.attachShadow({ mode: "open" })).replaceChildren(frame);
    }

    disconnectedCallback() {
      frames.delete(this);
      this.frame = this.frame.remove();
    }

    attributeChangedCallback(name) {
      if (!this.frame) return;
      /^(t|ac|f|d)/.test(name) ? this.tell() : this.connectedCallback();
    }

    look() {
      const look = { board: "look", clear: "1", theme: ground(this) };
      for (const name of ["theme", "accent", "font", "density"]) {
        const value = said(this, name);
        if (!value || value === "auto" || value === look[name]) continue;
        if (look[name]) look.clear = "";
        look[name] = value;
      }
      return look;
    }

    tell() {
      if (!this.isReady) return;
      const look = this.look();
      this.frame.style.colorScheme = look.theme;
      this.frame.contentWindow.postMessage(look, home);
    }

    hear({ board, height, title, count, site }) {
      if (board === "height" && height >= 0 && height < 1e6) {
        // A thread begins as high as the screen, so that what is below comes into sight only behind it, and then stays
        // where it is while the thread takes its height.
        const { top, bottom, height: before } = this.frame.getBoundingClientRect(), isFirst = !this.least;
        this.least ||= this.start || Math.max(480, innerHeight - Math.max(0, top));
        // A gate with nothing behind it takes no room.
        const after = height ? Math.max(this.least, height) : 0;
        this.frame.style.height = after + "px";
        if (isFirst && top < 0 && bottom > 0 && bottom < innerHeight) scrollBy({ top: after - before, behavior: "instant" });
        show([siteOf(this), site], { [idOf(this)]: count });
      }
      if (!/^(ready|posted|voted|opened)$/.test(board)) return;
      if (board === "opened") this.setAttribute("open", "");
      if (title) {
        this.isReady = 1;
        this.frame.title = title;
        this.tell();
      }
      this.dispatchEvent(new Event("board:" + board, { bubbles: true }));
    }
  });

  addEventListener("message", ({ origin, source, data }) => {
    for (const one of frames) if (origin === home && source === one.frame.contentWindow && data) one.hear(data);
  });
  const tell = () => frames.forEach((one) => one.tell());
  const watch = new MutationObserver(tell);
  for (const part of [root, page.body]) if (part) watch.observe(part, { attributes: true });
  night.onchange = tell;

  const article = (element) => ({
    article_id: idOf(element),
    url: said(element, "url") || page.querySelector("[rel=canonical]")?.href || location.href.split("#")[0],
    title: element.title || page.querySelector("[property='og:title']")?.content || page.title,
    sort: said(element, "sort") || "",
    comment: location.hash.match(/^#comment-(\d+)$/)?.[1] || "",
  });
  // Each in a task of its own, so that none holds up the page.
  setTimeout(define, 0, "thread", 0, "Comments", () => "thread", article);
  setTimeout(define, 0, "gate", 320, "Keep reading", () => "gate", article);
  setTimeout(define, 0, "ballot", 360, "Vote", (element) => "ballots/" + said(element, "ballot"), () => []);

  // The counts of all elements on the page come in one answer.
  const count = () => {
    const sites = {};
    for (const one of numbers) if (!one.isReady) (sites[siteOf(one)] ||= {})[idOf(one)] = one.isReady = 1;
    for (const site in sites) {
      for (const ids = Object.keys(sites[site]).sort(); ids.length;) {
        const asked = new URLSearchParams(ids.splice(0, 100).map((id) => ["article_id", id]));
        asked.set("site", site);
        fetch(`${home}/api/v1/counts?${asked}`, { cache: "no-cache" }).then((one) => one.json()).then(({ counts }) => show([site], counts)).catch(() => {});
      }
    }
  };
  tags.define("board-count", class extends HTMLElement {
    connectedCallback() {
      numbers.add(this);
      this.isReady = 0;
      page.readyState === "loading" ? page.addEventListener("DOMContentLoaded", count) : setTimeout(count);
    }
  });
})();
