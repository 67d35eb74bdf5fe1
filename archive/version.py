"""The version of Backissue, which its WARC files and requests tell."""

VERSION = "0.1.0"
