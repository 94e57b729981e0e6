"""The application with ready bytes in front, for pages that are kept."""

from tests.pages.conftest import cache, cached_app

__all__ = ["cache", "cached_app"]
