"""Full-text search over the newest versions: its index in `state/search/` follows the batches."""

from archive.search.hits import Hit, count, matching, refresh, search

__all__ = ["Hit", "count", "matching", "refresh", "search"]
