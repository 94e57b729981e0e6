/* Recomputes a Board ledger: every hash, every seal, every opening, and the result with its run-off.
   The format is told in docs/ledger.md; board/ballots/ledger/verifying.py does the same in Python.
   No server, no library: this file is also inside the page that can be saved and opened offline. */
"use strict";

const Ledger = (() => {
  const HASH = /^[0-9a-f]{64}$/;
  const NO_ENTRY = "0".repeat(64);
  const STANDINGS = ["counted", "replaced", "undecided", "voided"];
  const RESULTS = ["always", "after-vote", "after-close", "by-hand"];
  const BEST_SCORE = 5;
  const MAX_FAULTS = 20;
  const encoder = new TextEncoder();
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /* SHA-256 (FIPS 180-4). Browsers offer their own only to pages of a secure address, which a saved file is not
     everywhere, and for each of a million short lines it would be slower than this. */
  const K = new Uint32Array([
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  ]);
  const START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
  const schedule = new Int32Array(64);
  const state = new Int32Array(8);

  const turned = (x, n) => (x >>> n) | (x << (32 - n));

  function compress(view, offset) {
    for (let t = 0; t < 16; t++) schedule[t] = view.getInt32(offset + 4 * t);
    for (let t = 16; t < 64; t++) {
      const x = schedule[t - 15], y = schedule[t - 2];
      const s0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3), s1 = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10);
      schedule[t] = (schedule[t - 16] + s0 + schedule[t - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 64; t++) {
      const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + K[t] + schedule[t]) | 0;
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }

  function sha256(bytes) {
    const padded = new Uint8Array(((bytes.length + 8) >> 6 << 6) + 64);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
    view.setUint32(padded.length - 4, bytes.length << 3);
    state.set(START);
    for (let offset = 0; offset < padded.length; offset += 64) compress(view, offset);
    const out = new DataView(new ArrayBuffer(32));
    state.forEach((word, at) => out.setInt32(4 * at, word));
    return new Uint8Array(out.buffer);
  }

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  const hashOf = (text) => hex(sha256(encoder.encode(text)));
  const handleOf = (receipt) => hashOf("board receipt handle" + receipt);
  const nonceOf = (receipt) => hashOf("board receipt nonce" + receipt);

  /* The one way to write a value: keys in order, no spaces, integers only. */
  function canonical(value) {
    if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
    if (value !== null && typeof value === "object") {
      return "{" + Object.keys(value).sort().map((key) => JSON.stringify(key) + ":" + canonical(value[key])).join(",") + "}";
    }
    if (typeof value === "number" && !Number.isSafeInteger(value)) throw new TypeError("not an integer");
    return JSON.stringify(value);
  }

  const same = (one, other) => one !== undefined && canonical(one) === canonical(other);

  function commitmentOf({ choice, disclosure, nonce, replaces }) {
    return hashOf(canonical({ choice, disclosure, nonce, replaces }));
  }

  function entryHash(entry) {
    const { hash: _own, ...rest } = entry;
    return hashOf(canonical(rest));
  }

  /* Merkle trees as in RFC 9162, section 2.1. */
  function prefixed(prefix, ...parts) {
    const bytes = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
    bytes[0] = prefix;
    let at = 1;
    for (const part of parts) { bytes.set(part, at); at += part.length; }
    return sha256(bytes);
  }
  const leafHash = (line) => prefixed(0, line);
  const nodeHash = (left, right) => prefixed(1, left, right);

  class Tree {
    parts = []; // [leaves, root], the larger first
    add(leaf) {
      let size = 1, root = leaf;
      while (this.parts.length && this.parts.at(-1)[0] === size) {
        root = nodeHash(this.parts.pop()[1], root);
        size *= 2;
      }
      this.parts.push([size, root]);
    }
    root() {
      if (!this.parts.length) return hex(sha256(new Uint8Array()));
      return hex(this.parts.map((part) => part[1]).reduceRight((right, left) => nodeHash(left, right)));
    }
  }

  function rootFrom(leaf, index, count, path) {
    const steps = path.map(unhex);
    let root = leaf, last = count - 1;
    while (last > 0) {
      if (index % 2 || index < last) {
        if (!steps.length) return "";
        const beside = steps.shift();
        root = index % 2 ? nodeHash(beside, root) : nodeHash(root, beside);
      }
      index = Math.floor(index / 2);
      last = Math.floor(last / 2);
    }
    return steps.length ? "" : hex(root);
  }

  /* What a voter's browser checks of the server's answer: the line is of this receipt, it commits to this choice, and
     it is under this seal. Returns the code of what is wrong, or "". */
  function faultOfProof(receipt, proof) {
    const { vote, opening, seal } = proof;
    if (vote.handle !== handleOf(receipt) || opening.nonce !== nonceOf(receipt)) return "another_receipt";
    if (vote.commitment !== commitmentOf(opening)) return "another_choice";
    if (!seal) return "";
    if (seal.hash !== entryHash(seal)) return "entry_altered";
    const leaf = leafHash(encoder.encode(canonical(vote)));
    return rootFrom(leaf, proof.index, seal.votes, proof.path) === seal.root ? "" : "another_root";
  }

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

  function fits(terms, known, choice) {
    const ids = choice.map(([id]) => id), marks = choice.map(([, mark]) => mark);
    const most = { one: 1, several: terms.max_choices }[terms.method] ?? ids.length;
    if (!ids.length || ids.length > most || new Set(ids).size !== ids.length) return false;
    if (!ids.every((id) => known.has(id))) return false;
    if (terms.method === "ranked") return marks.every((mark, at) => mark === at + 1);
    return marks.every((mark) => mark >= 1 && mark <= (terms.method === "score" ? BEST_SCORE : 1));
  }

  /* The result */
  function countedAs(terms, writeIns) {
    const unlisted = new Set(writeIns.map((each) => each.id));
    const into = new Map();
    for (const { id } of terms.options) if (!unlisted.has(id)) into.set(id, id);
    const listed = new Set(into.keys());
    for (const each of writeIns) if (each.state === "merged" && listed.has(each.into)) into.set(each.id, each.into);
    return into;
  }

  const byNumber = (one, other) => one - other;

  function folded(method, choice, into) {
    if (method === "ranked") {
      const ids = new Set(choice.filter(([id]) => into.has(id)).map(([id]) => into.get(id)));
      return [...ids].map((id, at) => [id, at + 1]);
    }
    const best = new Map();
    for (const [id, mark] of choice) {
      if (into.has(id)) best.set(into.get(id), Math.max(mark, best.get(into.get(id)) ?? 0));
    }
    return [...best].sort((one, other) => one[0] - other[0]);
  }

  function outcome(terms, writeIns, counted, choices) {
    const into = countedAs(terms, writeIns), listed = [...new Set(into.values())].sort(byNumber);
    const tally = new Map(), rankings = new Map();
    for (const [key, votes] of counted) {
      if (!votes) continue;
      const taken = folded(terms.method, choices.get(key), into);
      for (const [id, mark] of taken) {
        if (!tally.has(id)) tally.set(id, new Map());
        tally.get(id).set(mark, (tally.get(id).get(mark) ?? 0) + votes);
      }
      const ranking = JSON.stringify(taken.map(([id]) => id));
      rankings.set(ranking, (rankings.get(ranking) ?? 0) + votes);
    }
    const counts = [...tally].flatMap(([id, marks]) => [...marks].map(([mark, votes]) => [id, mark, votes]));
    counts.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    if (terms.method !== "ranked") return { counts, winners: leaders(terms.method, tally, listed) };
    const piles = [...rankings].map(([ranking, votes]) => [JSON.parse(ranking), votes]);
    return { counts, ...runOff(piles, listed, terms.slug) };
  }

  /* Who is ahead: most votes, or the best mean score, compared as fractions. */
  function leaders(method, tally, listed) {
    const worth = (id) => {
      const marks = [...(tally.get(id) ?? [])];
      const votes = marks.reduce((sum, [, n]) => sum + n, 0);
      if (method !== "score") return [tally.get(id)?.get(1) ?? 0, 1];
      return votes ? [marks.reduce((sum, [mark, n]) => sum + mark * n, 0), votes] : [0, 1];
    };
    const isMore = ([a, b], [c, d]) => BigInt(a) * BigInt(d) > BigInt(c) * BigInt(b);
    const worths = new Map(listed.map((id) => [id, worth(id)]));
    return listed.filter((id) => worths.get(id)[0] > 0 && !listed.some((other) => isMore(worths.get(other), worths.get(id))));
  }

  /* An instant run-off. Whoever has the fewest goes out; a tie for the fewest is decided by the latest earlier round in
     which they differed, else by lot: the lowest SHA-256 of "slug/option ID". */
  function runOff(rankings, listed, salt) {
    let standing = new Set(listed), piles = new Map(listed.map((id) => [id, []])), exhausted = deal(rankings, piles).get(null) ?? 0;
    const rounds = [];
    for (;;) {
      const counts = new Map([...standing].sort(byNumber).map((id) => [id, sum(piles.get(id))]));
      const winners = winnersOf(counts);
      if (winners) {
        rounds.push(spelled(counts, exhausted, [], [], ""));
        return { rounds, winners: winners.sort(byNumber) };
      }
      const [out, tie] = whoGoes(counts, rounds, salt);
      const gone = out.map((id) => [id, piles.get(id)]);
      for (const id of out) { standing.delete(id); piles.delete(id); }
      const transfers = gone.flatMap(([id, pile]) => inOrder(deal(pile, piles)).map(([to, votes]) => [id, to, votes]));
      rounds.push(spelled(counts, exhausted, out, transfers, tie));
      exhausted += transfers.filter(([, to]) => to === null).reduce((all, [, , votes]) => all + votes, 0);
    }
  }

  const sum = (pile) => pile.reduce((all, [, votes]) => all + votes, 0);
  const inOrder = (dealt) => [...dealt].sort(([one], [other]) => (one === null) - (other === null) || one - other);
  const spelled = (counts, exhausted, out, transfers, tie) => ({ counts: [...counts], exhausted, out, transfers, tie });

  function deal(rankings, piles) {
    const dealt = new Map();
    for (const [ranking, votes] of rankings) {
      const to = ranking.find((id) => piles.has(id)) ?? null;
      dealt.set(to, (dealt.get(to) ?? 0) + votes);
      if (to !== null) piles.get(to).push([ranking, votes]);
    }
    return dealt;
  }

  function winnersOf(counts) {
    const votes = [...counts.values()], all = votes.reduce((total, n) => total + n, 0);
    if (!all) return [];
    const most = Math.max(...votes);
    if (2 * most > all) return [...counts].filter(([, n]) => n === most).map(([id]) => id);
    return most === Math.min(...votes) ? [...counts.keys()] : null;
  }

  function whoGoes(counts, rounds, salt) {
    let fewest = lowest(counts, [...counts.keys()]);
    if (fewest.length === 1 || !counts.get(fewest[0])) return [fewest, ""];
    for (const earlier of [...rounds].reverse()) {
      fewest = lowest(new Map(earlier.counts), fewest);
      if (fewest.length === 1) return [fewest, "earlier"];
    }
    const lots = new Map(fewest.map((id) => [hashOf(`${salt}/${id}`), id]));
    return [[lots.get([...lots.keys()].sort()[0])], "lot"];
  }

  function lowest(counts, among) {
    const least = Math.min(...among.map((id) => counts.get(id)));
    return among.filter((id) => counts.get(id) === least);
  }

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
      if (!same(entry[name], found)) this.tell("field_differs", { name, said: shown(entry[name]), found: shown(found) });
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

  return { faultOfProof, handleOf, sha256, hex, canonical, verify };
})();
