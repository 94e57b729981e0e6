"""`make bench`: Board's speed beside a static file server's, on data of its own. See docs/performance.md."""
