"""Leave out what a library would import for what Board does not use, or rarely: it costs memory, and the start."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(name: str) -> Iterator[None]:
    """Let imports inside the block find that the optional library is not installed."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment] # how Python says that there is no such module
    try:
        yield
    finally:
        del sys.modules[name]
