"""What Remark42 (Go), the fastest rival, did where it was measured; see docs/performance.md.

It is not installed here. nginx is, and ran beside it there on the same work, so nginx tells how fast this machine is.
"""

from tests.bench.figures import Figure, rounded

NGINX_THERE = 86_600  # requests/s: 20 comments, gzipped, wrk with 32 connections
REMARK_READS_THERE = 11_200  # requests/s: the same thread, cache raised
TIMES_REMARK = 4
POSTS_BAR, VOTES_BAR = 850, 2_250  # requests/s: 1.5 × and 1 × Remark42
VOTES_BAR_SQLITE = 0.8 * VOTES_BAR


def as_fast_here(name: str, rate: float, nginx_here: float) -> Figure:
    """Return the row against Remark42, its rate moved to this machine by nginx's."""
    expected = REMARK_READS_THERE * nginx_here / NGINX_THERE
    ratio = float(f"{rate / expected:.3g}")
    return Figure(
        f"{name}, against Remark42", rounded(rate), "/s", ratio, "Remark42, estimated", f"≥ {TIMES_REMARK} × Remark42",
        ratio >= TIMES_REMARK, note=f"its rate here, told by nginx's: {expected:,.0f} /s",
    )  # fmt: skip
