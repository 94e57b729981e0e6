"""The counts' ready bytes are those of the pages."""

from tests.pages.conftest import cached_app, cached_stages

__all__ = ["cached_app", "cached_stages"]
