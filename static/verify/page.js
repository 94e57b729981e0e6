/* The page around it: choose a ledger, show what came of it, find a receipt. */
(() => {
  const words = JSON.parse(document.getElementById("words").textContent);
  const at = (id) => document.getElementById(id);
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const BREATH_MS = 100;
  let verified = null, run = 0;

  const filled = (code, values = {}) => (words[code] ?? code).replace(/\{(\w+)\}/g, (all, name) => {
    const value = values[name];
    return value === undefined ? all : typeof value === "number" ? number.format(value) : value;
  });

  function element(name, text = "", className = "") {
    const made = document.createElement(name);
    made.textContent = text;
    made.className = className;
    made.dir = "auto";
    return made;
  }

  async function verify(open) {
    const mine = ++run;
    let bytes = 0, breath = performance.now();
    at("report").hidden = true;
    at("found").replaceChildren();
    try {
      const done = await Ledger.verify(await open(), async (length) => {
        bytes += length;
        if (performance.now() - breath < BREATH_MS) return;
        at("progress").textContent = filled("reading", { done: Math.round(bytes / 1e6) });
        await new Promise((go) => setTimeout(go));
        breath = performance.now();
      });
      if (mine === run) show(done);
    } catch {
      if (mine === run) at("progress").textContent = filled("unreadable");
    }
  }

  function show(done) {
    verified = done;
    const holds = !done.faults.length, told = at("told");
    at("progress").textContent = "";
    at("verdict").textContent = filled(holds ? "holds" : "fails");
    at("verdict").className = holds ? "holds" : "fails";
    told.replaceChildren();
    if (!holds) told.append(list(done.faults));
    if (done.terms) told.append(element("p", done.terms.question));
    told.append(element("p", filled("summary", { lines: done.lineCount, votes: done.roll.lines.length, entries: done.entries.length })));
    if (done.head) {
      const head = element("p", `${filled("head", { at: done.sealedAt })} `);
      head.append(element("code", done.head));
      told.append(head);
    }
    if (holds) told.append(...(done.result ? resultOf(done) : [element("p", filled("no_result"))]));
    at("report").hidden = false;
    at("report").focus();
  }

  function list(faults) {
    const made = document.createElement("ul");
    for (const { line, code, values } of faults) {
      const told = code === "field_differs" ? fieldInWords(values) : values;
      made.append(element("li", `${filled("line", { line })} ${filled(code, told)}`));
    }
    return made;
  }

  function fieldInWords({ name, said, found, both }) {
    try {
      [said, found] = both.map((value) => IN_WORDS[name](value));
    } catch { /* as it is written: of a form that has no words */ }
    return { name: words[`field_${name}`] ?? name, said, found };
  }

  const optionName = (id) => verified.terms.options.find((option) => option.id === id)?.text ?? String(id);
  const IN_WORDS = {
    winners: (ids) => ids.map(optionName).join(", ") || words.nobody,
    counts: (counts) => counts.map(([id, mark, votes]) => `${optionName(id)}${mark === 1 ? "" : ` (${mark})`}: ${number.format(votes)}`).join(", "),
    rounds: (rounds) => rounds.map((round, n) => `${filled("round", { number: n + 1 })}: ${round.counts.map(([id, votes]) => `${optionName(id)} ${number.format(votes)}`).join(", ")}`).join("; "),
    turnout: (turnout) => Object.entries(turnout).map(([standing, votes]) => `${words[standing]}: ${number.format(votes)}`).join(", "),
  };

  function resultOf({ terms, result }) {
    const names = new Map(terms.options.map((option) => [option.id, option.text]));
    const name = (id) => names.get(id) ?? String(id);
    const winners = result.winners.map(name).join(", ") || words.nobody;
    const rows = terms.options.map(({ id }) => {
      const marks = result.counts.filter(([option]) => option === id);
      const all = marks.reduce((sum, [, , votes]) => sum + votes, 0), points = marks.reduce((sum, [, mark, votes]) => sum + mark * votes, 0);
      const first = marks.find(([, mark]) => mark === 1)?.[2] ?? 0;
      return [name(id), terms.method === "score" ? `${number.format(all)} (${number.format(points)})` : number.format(first)];
    });
    const tables = result.rounds
      ? result.rounds.map((round, n) => table(filled("round", { number: n + 1 }), round.counts.map(([id, votes]) => [name(id), number.format(votes) + (round.out.includes(id) ? ` (${words.out})` : "")])))
      : [table(words.option, rows, terms.method === "score" ? words.score_votes : words.votes)];
    return [element("p", filled("result", result.turnout)), element("p", filled(result.winners.length > 1 ? "tied" : "winner", { names: winners })), ...tables];
  }

  function table(heading, rows, counts = words.votes) {
    const made = document.createElement("table"), head = made.createTHead().insertRow();
    for (const text of [heading, counts]) {
      const cell = element("th", text);
      cell.scope = "col";
      head.append(cell);
    }
    const body = made.createTBody();
    for (const row of rows) {
      const line = body.insertRow();
      row.forEach((text, column) => line.append(element(column ? "td" : "th", text)));
      line.firstChild.scope = "row";
    }
    return made;
  }

  function find(typed) {
    const receipt = typed.replace(/[\s-]/g, "").toLowerCase(), found = at("found");
    if (!/^[0-9a-f]{32}$/.test(receipt)) return found.replaceChildren(element("p", words.receipt_bad, "fails"));
    const vote = verified.find(receipt);
    if (!vote) return found.replaceChildren(element("p", words.receipt_missing));
    const told = [element("p", filled("receipt_found", { line: vote.line, seal: vote.seal?.number ?? "–", at: vote.seal?.sealedAt ?? "–" }))];
    if (vote.choice) {
      const names = new Map(verified.terms.options.map((option) => [option.id, option.text]));
      const isMarked = ["ranked", "score"].includes(verified.terms.method);
      const chosen = vote.choice.map(([id, mark]) => (names.get(id) ?? id) + (isMarked ? ` (${mark})` : ""));
      told.push(element("p", filled("receipt_choice", { names: chosen.join(", ") })));
    }
    if (vote.standing) told.push(element("p", filled("receipt_standing", { standing: words[vote.standing] })));
    found.replaceChildren(...told);
  }

  at("file").addEventListener("change", () => {
    const [file] = at("file").files;
    if (file) verify(() => file.stream());
  });
  at("ledger").addEventListener("submit", (event) => event.preventDefault());
  at("receipt").addEventListener("submit", (event) => { event.preventDefault(); find(at("typed").value); });
  if (location.protocol.startsWith("http")) {
    at("here").hidden = false;
    at("here").firstChild.addEventListener("click", () => verify(async () => {
      const answer = await fetch("ledger.jsonl");
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.body;
    }));
  }
})();
