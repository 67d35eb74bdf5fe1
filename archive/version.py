"""The version of Backissue, which its WARC files and requests name."""

VERSION = "0.1.0"
