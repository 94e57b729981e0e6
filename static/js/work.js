// Does the small calculation that a ballot asks for, while the reader chooses. Without it the vote is taken all the same.
(() => {
  "use strict";
  const BATCH = 256;
  const PATIENCE_MS = 15000;
  const encoder = new TextEncoder();
  const results = new WeakMap(); // of forms: what is to be sent, or its promise

  const zeroBits = (bytes) => {
    const place = bytes.findIndex((byte) => byte);
    return place < 0 ? 256 : place * 8 + Math.clz32(bytes[place]) - 24;
  };
  const hash = async (text) => zeroBits(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));

  const solve = async (ticket, bits, until) => {
    for (let first = 0; Date.now() < until; first += BATCH) {
      const found = await Promise.all(Array.from({ length: BATCH }, (_, n) => hash(`${ticket}.${first + n}`)));
      const place = found.findIndex((zeros) => zeros >= bits);
      if (place >= 0) return first + place;
    }
    return "";
  };

  const work = async (form) => {
    try {
      const answer = await fetch(form.dataset.ticketUrl, { headers: { Accept: "application/json" } });
      const { ticket, bits } = await answer.json();
      return { ticket, work: await solve(ticket, bits, Date.now() + PATIENCE_MS) };
    } catch {
      return {}; // an old browser, or no TLS: an editor will look at the vote
    }
  };
  const begin = (form) => {
    if (!results.has(form)) results.set(form, work(form));
    return results.get(form);
  };

  addEventListener("change", ({ target }) => target.form?.matches("[data-ticket-url]") && begin(target.form), true);
  addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-ticket-url]") || form.dataset.worked) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    const done = await begin(form);
    await new Promise((later) => setTimeout(later)); // while this event is under way the form sends no other
    results.delete(form);
    for (const [name, value] of Object.entries(done)) {
      const field = form.elements[name] || Object.assign(document.createElement("input"), { type: "hidden", name });
      field.value = value;
      form.append(field);
    }
    form.dataset.worked = "1";
    form.requestSubmit(button);
    setTimeout(() => { delete form.dataset.worked; });
  }, true);
})();
