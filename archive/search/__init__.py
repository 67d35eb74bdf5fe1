"""Full-text search over the newest versions: its index in `state/search/` follows the batches."""
