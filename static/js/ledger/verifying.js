/* Recomputes a Board ledger: every hash, every seal, every opening, and the result.
   board/ballots/ledger/verifying.py and roll.py do the same in Python. Follows hashing.js and outcome.js. */
"use strict";

const Ledger = (() => {
  const { handleOf, canonical, same, commitmentOf, entryHash, leafHash, Tree } = LedgerHashes;
  const { fits, outcome } = LedgerOutcome;
  const HASH = /^[0-9a-f]{64}$/;
  const NO_ENTRY = "0".repeat(64);
  const STANDINGS = ["counted", "replaced", "undecided", "voided"];
  const RESULTS = ["always", "after-vote", "after-close", "by-hand"];
  const MAX_FAULTS = 20;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /* A fault in a line: a code, for which the page has the words, and what goes into them. */
  class Fault extends Error {
    constructor(code, values = {}) { super(code); this.code = code; this.values = values; }
  }

  const shown = (value) => {
    const text = typeof value === "string" ? value : JSON.stringify(value) ?? "–";
    return text.length > 160 ? text.slice(0, 160) + "…" : text;
  };

  /* The votes so far: what each committed to, what it opened to, and how it counts. */
  class Roll {
    index = new Map(); lines = []; commitments = []; choices = []; standings = []; replaced = [];
    counted = new Map(); same = new Map(); lastHandle = ""; lastOpened = -1;

    endBlock() { this.lastHandle = ""; this.lastOpened = -1; }

    add(vote, line) {
      isHash(vote.handle); isHash(vote.commitment);
      if (this.index.has(vote.handle)) throw new Fault("twice", { at: this.lines[this.index.get(vote.handle)] });
      this.index.set(vote.handle, this.lines.length);
      this.lines.push(line); this.commitments.push(vote.commitment);
      this.choices.push(null); this.standings.push(null); this.replaced.push(false);
      const isInOrder = vote.handle > this.lastHandle;
      this.lastHandle = vote.handle;
      if (!isInOrder) throw new Fault("vote_order");
    }

    open(opening) {
      const at = this.at(opening.handle);
      if (this.standings[at] !== null) throw new Fault("opened_twice", { at: this.lines[at] });
      const key = canonical(opening.choice);
      if (!this.same.has(key)) this.same.set(key, opening.choice);
      this.choices[at] = key;
      this.stand(at, opening.standing);
      const found = commitmentOf(opening);
      if (found !== this.commitments[at]) {
        throw new Fault("commitment", { at: this.lines[at], said: this.commitments[at], found });
      }
      if (opening.replaces !== null) {
        const former = this.at(opening.replaces);
        if (this.replaced[former] || former === at) throw new Fault("replaced_twice", { at: this.lines[former] });
        this.replaced[former] = true;
      }
      const isInOrder = at > this.lastOpened;
      this.lastOpened = at;
      if (!isInOrder) throw new Fault("opening_order");
    }

    restate(said) {
      const at = this.at(said.handle);
      if (this.standings[at] === null) throw new Fault("not_open", { at: this.lines[at] });
      this.stand(at, said.standing);
    }

    stand(at, standing) {
      if (!STANDINGS.includes(standing)) throw new Fault("standing", { said: shown(standing) });
      const step = (standing === "counted") - (this.standings[at] === "counted");
      this.counted.set(this.choices[at], (this.counted.get(this.choices[at]) ?? 0) + step);
      this.standings[at] = standing;
    }

    at(handle) {
      const at = this.index.get(handle);
      if (at === undefined) throw new Fault("no_vote", { said: shown(handle) });
      return at;
    }

    turnout() {
      const turnout = Object.fromEntries(STANDINGS.map((name) => [name, 0]));
      for (const standing of this.standings) if (standing !== null) turnout[standing]++;
      return turnout;
    }

    tellFaults(terms, known, tell) {
      const misfits = new Set([...this.same].filter(([, choice]) => !fits(terms, known, choice)).map(([key]) => key));
      this.standings.forEach((standing, at) => {
        if (standing === null) tell("never_opened", {}, this.lines[at]);
        else if ((standing === "replaced") !== this.replaced[at]) {
          tell(this.replaced[at] ? "is_replaced" : "not_replaced", { said: standing }, this.lines[at]);
        }
        if (misfits.has(this.choices[at])) tell("no_choice", {}, this.lines[at]);
      });
    }
  }

  function isHash(text) { if (!HASH.test(text)) throw new Fault("no_hash", { said: shown(text) }); }

  /* Takes a ledger line by line, each as bytes. */
  class Verifier {
    faults = []; entries = []; lineCount = 0; terms = null; result = null; sealedAt = "";
    roll = new Roll(); block = []; tree = new Tree(); original = new Set(); seals = [];

    tell(code, values = {}, line = this.lineCount) {
      if (this.faults.length < MAX_FAULTS) this.faults.push({ line, code, values });
    }

    get head() { return this.entries.length ? this.entries.at(-1).hash : ""; }

    read(bytes) {
      this.lineCount++;
      try {
        const line = parsed(bytes);
        if (["terms", "seal", "change", "result"].includes(line.type)) this.takeEntry(line);
        else this.take(line, bytes);
      } catch (fault) {
        if (fault instanceof Fault) this.tell(fault.code, fault.values);
        else this.tell("field", { said: shown(String(fault.message)) });
      }
    }

    end() {
      if (!this.entries.length) this.tell("empty");
      else if (this.block.length) this.tell("breaks_off", { found: this.block.length });
      this.faults.sort((one, other) => one.line - other.line);
      return this;
    }

    take(line, bytes) {
      this.block.push(line.type);
      this.tree.add(leafHash(bytes));
      if (line.type === "vote") this.roll.add(line, this.lineCount);
      else if (line.type === "opening") this.roll.open(line);
      else if (line.type === "standing") this.roll.restate(line);
      else throw new Fault("kind", { said: shown(line.type) });
    }

    takeEntry(entry) {
      const before = this.head || NO_ENTRY, block = this.block, root = this.tree.root();
      this.block = []; this.tree = new Tree(); this.roll.endBlock();
      this.check(entry, "number", this.entries.length);
      this.entries.push({ line: this.lineCount, hash: entry.hash });
      if (entry.previous !== before) this.tell("link", { said: shown(entry.previous), found: before });
      const given = entryHash(entry);
      if (entry.hash !== given) this.tell("altered", { said: shown(entry.hash), found: given });
      if (!(entry.sealed_at >= this.sealedAt)) this.tell("dated", { said: shown(entry.sealed_at) });
      this.sealedAt = entry.sealed_at;
      ({ terms: this.endTerms, seal: this.endVotes, change: this.endChange, result: this.endResult })[entry.type].call(this, entry, block, root);
    }

    endTerms(entry) {
      if (this.entries.length > 1 || entry.ledger !== 1) throw new Fault("terms");
      this.terms = entry.terms;
      this.original = new Set(entry.terms.options.map((option) => option.id));
    }

    endChange(entry, block) {
      if (block.length) this.tell("unsealed", { found: block.length });
      const { closes_at: closes, results, options = [] } = entry.terms, known = new Set(this.terms.options.map((each) => each.id));
      const isFrozen = Object.keys(entry.terms).some((name) => !["closes_at", "options", "results"].includes(name));
      const isLater = closes !== undefined && this.terms.closes_at !== null && (closes === null || closes > this.terms.closes_at);
      const isShown = results !== undefined && RESULTS.indexOf(results) < RESULTS.indexOf(this.terms.results);
      if (isFrozen || isLater || isShown || options.some((each) => known.has(each.id))) this.tell("loosened");
      this.terms = { ...this.terms, ...entry.terms, options: [...this.terms.options, ...options] };
    }

    endVotes(entry, block, root) {
      const first = this.lineCount - block.length;
      this.seals.push({ number: entry.number, last: this.roll.lines.length, sealedAt: entry.sealed_at });
      if (block.some((kind) => kind !== "vote")) this.tell("not_votes", { first, last: this.lineCount - 1 });
      this.check(entry, "votes", block.length);
      this.check(entry, "total", this.roll.lines.length);
      if (entry.root !== root) {
        this.tell("root", { number: entry.number, first, last: this.lineCount - 1, said: shown(entry.root), found: root });
      }
    }

    endResult(entry, block, root) {
      const count = (kind) => block.filter((each) => each === kind).length;
      if (count("vote")) this.tell("unsealed", { found: count("vote") });
      this.check(entry, "openings", count("opening"));
      this.check(entry, "standings", count("standing"));
      this.check(entry, "root", root);
      this.check(entry, "turnout", this.roll.turnout());
      const unlisted = entry.write_ins.map((each) => each.id);
      const gone = unlisted.find((id) => this.original.has(id));
      if (gone !== undefined) this.tell("gone", { said: gone });
      const known = new Set([...unlisted, ...this.terms.options.map((each) => each.id)]);
      this.roll.tellFaults(this.terms, known, this.tell.bind(this));
      const found = outcome(this.terms, entry.write_ins, this.roll.counted, this.roll.same);
      for (const name of ["counts", "winners"]) this.check(entry, name, found[name]);
      if (found.rounds || entry.rounds) this.check(entry, "rounds", found.rounds ?? null);
      this.result = entry;
    }

    check(entry, name, found) {
      if (!same(entry[name], found)) this.tell("field_differs", { name, said: shown(entry[name]), found: shown(found), both: [entry[name], found] });
    }

    /* Where the vote with this receipt is, and how it counts, as far as the ledger has come. */
    find(receipt) {
      const at = this.roll.index.get(handleOf(receipt));
      if (at === undefined) return null;
      const seal = this.seals.find((each) => at < each.last);
      return { line: this.roll.lines[at], seal, standing: this.roll.standings[at], choice: this.roll.same.get(this.roll.choices[at]) ?? null };
    }
  }

  function parsed(bytes) {
    let text, line;
    try {
      text = decoder.decode(bytes);
      line = JSON.parse(text);
    } catch {
      throw new Fault("no_json");
    }
    let isCanonical = false;
    try { isCanonical = line !== null && typeof line === "object" && !Array.isArray(line) && canonical(line) === text; } catch { /* not an integer */ }
    if (!isCanonical) throw new Fault("not_canonical");
    return line;
  }

  /* Reads a stream of bytes, line by line; `told` hears how many bytes were read, and lets the page breathe. */
  async function verify(stream, told = async () => {}) {
    const verifier = new Verifier(), reader = stream.getReader();
    let rest = new Uint8Array();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const bytes = new Uint8Array(rest.length + value.length);
      bytes.set(rest); bytes.set(value, rest.length);
      let start = 0, end;
      while ((end = bytes.indexOf(10, start)) >= 0) {
        verifier.read(bytes.subarray(start, end));
        start = end + 1;
      }
      rest = bytes.slice(start);
      await told(value.length);
    }
    if (rest.length) verifier.read(rest);
    return verifier.end();
  }

  return { verify };
})();
