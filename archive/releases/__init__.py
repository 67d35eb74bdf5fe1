"""Releases: the newest versions of chosen articles as a folder for others, which never changes.

What is written: `data/*.parquet`, and what describes them in the formats of others. Whoever reads a
release needs no file lock and no link, so that any system can.
"""
