"""Full-text search over the newest versions: its index in `state/search/` follows the batches."""

from archive.search.hits import Hit, count, refresh, search

__all__ = ["Hit", "count", "refresh", "search"]
