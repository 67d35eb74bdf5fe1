"""What `scrapy` does in this project beside its own commands."""
