"""The version of Backissue, which its WARC files and requests name, and that of its libraries."""

VERSION = "0.1.0"
LIBRARY_FORMAT = 2  # with restored records, or with what `archive.tables.schema` names as new in it
