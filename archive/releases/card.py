"""`README.md`: the card of a release as Hugging Face wants it, metadata in YAML and all sections.

https://huggingface.co/docs/hub/datasets-cards has the rules. Texts of others reach it through
`archive.releases.markdown` or the YAML writer.
"""

from __future__ import annotations

from importlib.resources import files as package_files
from typing import Any, Final

from archive.releases.citation import bibtex, reference
from archive.releases.facts import RIGHTS, Facts, ranked
from archive.releases.kinds import feature
from archive.releases.markdown import link, plain, table
from archive.releases.yaml_text import to_yaml
from archive.tables.schema import TABLES


def _text(name: str) -> str:
    return package_files("archive.releases").joinpath(name).read_text(encoding="utf-8")


_SIZES: Final = (
    *((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M")),
    *((10**7, "1M<n<10M"), (10**8, "10M<n<100M"), (10**9, "100M<n<1B")),
)
_MEANINGS: Final = {
    "license": "licence that the page declares",
    "rsl_license": "address of its licence in Really Simple Licensing",
    "robots_meta": "directives for robots, such as `noindex` or `noai`",
    "tdm_reservation": "TDMRep: whether text and data mining is reserved",
    "content_signal": "Content-Signal of the server or its robots.txt",
    "content_usage": "Content-Usage, the preferences on AI that the IETF works on",
}


def license_text() -> bytes:
    """`LICENSE.md`: whose the texts are."""
    return _text("LICENSE.md").encode()


def card(facts: Facts) -> bytes:
    """The file's bytes."""
    return f"---\n{to_yaml(_metadata(facts))}---\n{_body(facts)}".encode()


def _metadata(facts: Facts) -> dict[str, Any]:
    codes = facts.counts.languages()
    tags = sorted(tag for tag in facts.counts.by["in_language"] if tag and "-" in tag)
    values: dict[str, Any] = {
        "pretty_name": facts.title,
        "license": "other",
        "license_name": "publishers-own",
        "license_link": "LICENSE.md",
        "language": codes,
        "language_bcp47": tags,
        "multilinguality": ["multilingual" if len(codes) > 1 else "monolingual"],
        "annotations_creators": ["no-annotation"],
        "language_creators": ["found"],
        "source_datasets": ["original"],
        "size_categories": [_size(facts.counts.rows)],
        "task_categories": ["text-generation", "fill-mask", "text-classification", "summarization"],
        "task_ids": ["language-modeling", "masked-language-modeling"],
        "tags": ["news", "magazines", "articles", "web-archive", "warc", "backissue"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": "train", "path": "data/train-*.parquet"}],
            }
        ],
        "dataset_info": {
            "features": [feature(column) for column in TABLES["articles"]],
            "splits": [
                {
                    "name": "train",
                    "num_bytes": facts.counts.size,
                    "num_examples": facts.counts.rows,
                }
            ],
            "download_size": facts.download_size,
            "dataset_size": facts.counts.size,
        },
    }
    return {name: value for name, value in values.items() if value != []}


def _size(rows: int) -> str:
    return next((name for bound, name in _SIZES if rows < bound), "n>1T")


def _body(facts: Facts) -> str:
    counts = facts.counts
    columns = ((f"`{c.name}`", f"`{c.type}`", _description(c)) for c in TABLES["articles"])
    return _text("card.md").format(
        title=facts.title,
        summary=facts.summary,
        library=f"“{facts.library}”",
        batch=facts.batch,
        closed=f"{facts.date:%Y-%m-%d %H:%M} UTC",
        keeper=plain(facts.keeper),
        languages=", ".join(counts.languages()) or "not declared",
        version=facts.version,
        sources=_sources(facts),
        rows=counts.rows,
        words=counts.words,
        files="one file" if len(facts.files) == 1 else f"{len(facts.files):,} files",
        columns=table(("column", "type", "what it holds"), columns),
        by_language=_by(facts, "in_language", "language"),
        by_year=_by(facts, "year", "year of publication"),
        by_completeness=_by(facts, "completeness", "completeness"),
        chosen=_chosen(facts),
        collection=facts.collection,
        tools=_tools(facts),
        with_author=counts.with_author,
        rights=_rights(facts),
        reserved=counts.reserved,
        bibtex=bibtex(facts),
        reference=reference(facts, plain),
        contact=f"To have something removed, write to {plain(_contact(facts))}."
        if facts.contact
        else "",
        whom=plain(_contact(facts) if facts.contact else facts.keeper),
    )


def _description(column: Any) -> str:
    text: str = (column.metadata or {}).get(b"description", b"").decode()
    return text.replace("|", "\\|")


def _contact(facts: Facts) -> str:
    return (facts.contact or "").removeprefix("mailto:")


def _sources(facts: Facts) -> str:
    rows = (
        (
            f"`{origin.name}`" if origin.url else plain(origin.name or "no source"),
            plain(origin.title or "") if origin.url else "pages by hand, or imported",
            link(origin.url) if origin.url else "",
            origin.rows,
        )
        for origin in facts.origins
    )
    return table(("source", "magazine", "address", "articles"), rows)


def _by(facts: Facts, name: str, head: str) -> str:
    counts = facts.counts.by[name]
    found = sorted(counts.items(), key=lambda one: one[0] or "") if name == "year" else None
    rows = ((plain(key or "not known"), count) for key, count in found or ranked(counts))
    return table((head, "articles"), rows)


def _chosen(facts: Facts) -> str:
    if not facts.filters:
        return "All articles of the library were taken."
    rows = ((f"`{name}`", plain(word)) for name, word in facts.filters.items())
    said = "Of the articles of the library, those were taken that all these filters admit:"
    return f"{said}\n\n{table(('filter', 'value'), rows)}"


def _tools(facts: Facts) -> str:
    found = ranked(facts.counts.tools)
    rows = ((f"`{name}`", f"`{version}`", f"`{digest}`", n) for (name, version, digest), n in found)
    return table(("extractor", "version", "digest of its settings", "articles"), rows)


def _rights(facts: Facts) -> str:
    rights = facts.counts.rights
    rows = ((f"`{name}`", _MEANINGS[name], rights[name]) for name in RIGHTS)
    return table(("column", "what it holds", "rows with a value"), rows)
