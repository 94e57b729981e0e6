"""The log: one JSON object a line on stderr, escaped, with no secrets, passwords or addresses of people."""

import logging
import sys

from board.without import without

with without(
    "rich", "greenlet"
):  # for tracebacks in colours and for another kind of threads; a server's log has neither
    import structlog
    from structlog.tracebacks import ExceptionDictTransformer


def init_logs(level: str) -> None:
    """Write lines of at least this level; the standard library's loggers join in."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),  # locals hold secrets
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),  # a line in one write, not two
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=max(number, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )
