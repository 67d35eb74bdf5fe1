"""Whether a library is what it must be: WARC files, indexes, tables, journal, state and links."""
