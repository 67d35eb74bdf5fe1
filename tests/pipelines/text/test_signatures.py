"""Signatures that workers stage are those that the fold would make."""

from __future__ import annotations

from backissue.sample.recombined import recombine
from pipelines.derive.arrow_rows import signature_rows
from pipelines.text.signatures import Signature, key_of

TEXT = "\n\n".join(recombine("signatures", 300).paragraphs)


def test_the_staged_signature_is_that_of_the_text() -> None:
    found = signature_rows({"article_body": TEXT, "completeness": "full"})
    signature = Signature.of(TEXT)
    assert signature
    assert found == [{"key": key_of(TEXT), "values": signature.values}]


def test_what_is_no_article_or_no_text_has_none() -> None:
    assert signature_rows({"article_body": TEXT, "completeness": "list"}) == []
    assert signature_rows({"article_body": TEXT + "\ud800", "completeness": "full"}) == []
    assert signature_rows({"article_body": "Too short.", "completeness": "full"}) == []
    assert signature_rows({"completeness": None}) == []


def test_another_text_has_another_key() -> None:
    assert key_of(TEXT) != key_of(TEXT + " ")
    assert len(key_of("\ud800")) == 16
