"""Leave out what a library would import for what Board does not use, or rarely: it costs memory, and the start."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Let imports inside the block find that the optional libraries are not installed."""
    left_out = [name for name in names if name not in sys.modules]
    for name in left_out:
        sys.modules[name] = None  # type: ignore[assignment] # how Python says that there is no such module
    try:
        yield
    finally:
        for name in left_out:
            del sys.modules[name]
