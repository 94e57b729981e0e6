/* What counted choices come to, with the run-off of rankings: as board/ballots/ledger/outcome.py and
   board/ballots/counting.py work it out. Follows hashing.js. */
"use strict";

const LedgerOutcome = (() => {
  const { hashOf } = LedgerHashes;
  const BEST_SCORE = 5;

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

  return { fits, outcome };
})();
