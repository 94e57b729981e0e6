// Tells that a sponsored ballot was seen (half of it on the screen for a second), and that a sponsor's link was pressed.
// Nothing about the reader is sent. Loaded only where there is such a ballot.
(() => {
  "use strict";
  const tell = (ballot, kind) => {
    const told = new URLSearchParams({ kind, place: ballot.dataset.place || "" });
    navigator.sendBeacon(ballot.dataset.audience, told);
  };

  const seen = new Set();
  const timers = new Map();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(timers.get(target));
      if (!isIntersecting || seen.has(target.id)) continue;
      timers.set(target, setTimeout(() => {
        if (document.visibilityState !== "visible" || seen.has(target.id)) return;
        seen.add(target.id);
        tell(target, "impressions");
      }, 1000));
    }
  }, { threshold: 0.5 });
  const watch = () => document.querySelectorAll("[data-audience]").forEach((ballot) => observer.observe(ballot));

  for (const type of ["click", "auxclick"]) {
    document.addEventListener(type, ({ target }) => {
      const ballot = target.closest("a[rel~='sponsored']")?.closest("[data-audience]");
      if (ballot) tell(ballot, "presses");
    });
  }
  document.addEventListener("htmx:after:settle", watch);
  watch();
})();
