"""How good a comment is thought to be."""

from math import sqrt

Z_95_PERCENT = 1.959964  # of the normal distribution, two-sided


def wilson(likes: int, reports: int) -> float:
    """Return the lower end of the 95% interval of the share of likes among likes and reports, 0 without any.

    E. B. Wilson (1927), JASA 22:209-212. One like among one ranks below ninety among a hundred.
    """
    n = likes + reports
    if n <= 0:
        return 0.0
    share, zz = likes / n, Z_95_PERCENT**2
    margin = Z_95_PERCENT * sqrt((share * (1 - share) + zz / (4 * n)) / n)
    return max(0.0, (share + zz / (2 * n) - margin) / (1 + zz / n))
