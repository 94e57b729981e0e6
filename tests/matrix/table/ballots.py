"""Ballots: voting, results, the ledger, and their pages for editors."""

from tests.matrix.entries import ANONYMOUS, EDITORS, EDITORS_ANYWHERE, EVERYBODY, get, post

BALLOT, MANAGE = "/ballots/{open}", "/manage/ballots/{open}"
LEDGER = "votes are in the ballot's own ledger"

ENTRIES = [
    get("ballots.show", BALLOT, EVERYBODY),
    get("ballots.show_form", f"{BALLOT}/votes", EVERYBODY, 303),
    get("ballots.ticket", f"{BALLOT}/ticket", EVERYBODY),
    post("ballots.vote", f"{BALLOT}/votes", {**EVERYBODY, ANONYMOUS: 307}, form={"option": "{option}"}, silent=LEDGER),
    post("ballot_tabs.enter", f"{BALLOT}/tab", EVERYBODY, silent="only looks at the ballot, as the browser that voted"),
    post(
        "ballot_report.audience", f"{BALLOT}/audience", EVERYBODY, 204, form={"kind": "impressions"},
        silent="a count that is no state",
    ),
    get("ballot_report.sponsors", f"{BALLOT}/report/made-up", EVERYBODY, 404),
    get("ballot_results.results", f"{BALLOT}/results", EVERYBODY),
    get("ballot_results.results_csv", "/ballots/{shown}/results.csv", EVERYBODY),
    get("ballot_results.results_json", "/ballots/{shown}/results.json", EVERYBODY),
    get("api_ballots.results", "/api/v1/ballots/{shown}/results", EVERYBODY),
    get("ballot_results.integrity", f"{BALLOT}/integrity", EVERYBODY),
    get("ballot_results.share_picture", f"{BALLOT}/share.png", EVERYBODY),
    get("ballots_ledger.show", f"{BALLOT}/ledger", EVERYBODY),
    get("ballots_ledger.lines", f"{BALLOT}/ledger.jsonl", EVERYBODY, 404),
    post("ballots_ledger.check", f"{BALLOT}/ledger/receipts", EVERYBODY, 422, silent="only looks a receipt up"),
    get("ballots_ledger.verify", f"{BALLOT}/verify", EVERYBODY),
    get("manage_ballots.ballots", "/manage/ballots", EDITORS_ANYWHERE),
    get("manage_ballots.new_ballot", "/manage/ballots/new?site=main", EDITORS),
    post(
        "manage_ballots.new_ballot", "/manage/ballots/new?site=main", EDITORS, logs="ballot.written",
        form={"question": "Best dress?", "options": "Red\nBlue", "slug": "best-dress"},
    ),
    get("manage_ballots.ballot", MANAGE, EDITORS),
    get("manage_ballots.edit", "/manage/ballots/{draft}/edit", EDITORS),
    post(
        "manage_ballots.edit", "/manage/ballots/{draft}/edit", EDITORS, logs="ballot.rewritten",
        form={"question": "Best wig?", "options": "Long\nShort", "slug": "{draft}"},
    ),
    post(
        "manage_ballots.tighten", f"{MANAGE}/rest", EDITORS, logs="ballot.tightened",
        form={"closes_at": "2099-01-01T12:00", "results": "after-close"},
    ),
    get("manage_ballots.publication", "/manage/ballots/{draft}/publication", EDITORS),
    post("manage_ballots.publication", "/manage/ballots/{draft}/publication", EDITORS, logs="ballot.published"),
    get("manage_ballots.closing", f"{MANAGE}/closing", EDITORS),
    post("manage_ballots.closing", f"{MANAGE}/closing", EDITORS, logs="ballot.closed"),
    post(
        "manage_ballots.picture", "/manage/ballots/{draft}/options/{draft_option}/picture", EDITORS,
        form={"picture": "{picture}"}, logs="ballot.pictured",
    ),
    post(
        "manage_ballots.place", f"{MANAGE}/placements", EDITORS, form={"places": "{article}"}, logs="ballot.placed"
    ),
    post(
        "manage_ballots.take_off", "/manage/ballots/{placed}/placements/{article_number}/removal", EDITORS,
        logs="ballot.taken_off",
    ),
    post("ballot_results.show", "/manage/ballots/{closed}/results", EDITORS, logs="ballot.results_shown"),
    get("ballot_report.editors", f"{MANAGE}/report", EDITORS),
    post("ballot_report.link", f"{MANAGE}/report/link", EDITORS, logs="ballot.report_linked"),
    post("ballot_report.withdraw", "/manage/ballots/{linked}/report/link/withdrawal", EDITORS,
         logs="ballot.report_withdrawn"),
    get("manage_quarantine.quarantine", f"{MANAGE}/quarantine", EDITORS),
    post(
        "manage_quarantine.decision", "/manage/ballots/{doubted}/quarantine/decisions", EDITORS,
        form={"group": "{group}", "verdict": "voided", "note": "stuffed"}, logs="quarantine.voided",
    ),
    post(
        "manage_quarantine.reversal", "/manage/ballots/{judged}/quarantine/decisions/{decision}/reversal", EDITORS,
        logs="quarantine.undone",
    ),
    get("manage_write_ins.waiting", "/manage/ballots/{suggested}/write-ins", EDITORS),
    post(
        "manage_write_ins.accept", "/manage/ballots/{suggested}/write-ins/{write_in}/acceptance", EDITORS,
        logs="ballot.write_in_accepted",
    ),
    post(
        "manage_write_ins.refuse", "/manage/ballots/{suggested}/write-ins/{write_in}/refusal", EDITORS,
        logs="ballot.write_in_refused",
    ),
    post(
        "manage_write_ins.merge", "/manage/ballots/{suggested}/write-ins/{write_in}/merger", EDITORS,
        form={"into": "{listed}"}, logs="ballot.write_in_merged",
    ),
    get("manage_sponsors.sponsors", "/manage/sponsors", EDITORS_ANYWHERE),
    get("manage_sponsors.new_sponsor", "/manage/sponsors/new?site=main", EDITORS),
    post(
        "manage_sponsors.new_sponsor", "/manage/sponsors/new?site=main", EDITORS, logs="sponsor.added",
        form={"name": "Wigs & Co", "url": "https://wigs.example/"},
    ),
    get("manage_sponsors.sponsor", "/manage/sponsors/{sponsor}", EDITORS),
    post(
        "manage_sponsors.sponsor", "/manage/sponsors/{sponsor}", EDITORS, logs="sponsor.edited",
        form={"name": "Wigs & Sons", "url": "https://wigs.example/"},
    ),
]  # fmt: skip
