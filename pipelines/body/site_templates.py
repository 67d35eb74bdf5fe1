"""What the articles of a host share beside their texts, and a text without it.

A block that stood in a box of its own (`pipelines.body.insets`) in three different articles is no
text of the next article, whatever its box is called. What was learned before a batch is frozen for
it, named by its digest, and kept in `templates/HOST/DIGEST.json`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from archive.disk import files
from archive.types import Article, Completeness, Removed, Row
from pipelines.body.blocks import Block, markdown, plain
from pipelines.text.words import key, text_digest, word_count

if TYPE_CHECKING:
    from pipelines.body.choice import Body

REASON = "template"
"""Why what a template cuts was removed."""
ARTICLES, SHARED = 5, 3
"""Articles of a host that make a template of it; articles that have to share a block of it.

Of 240 pages with such a box 7 bodies are exact from the page alone, and all are with what six other
pages of the host have taught. Of 240 pages without a box all are: `benchmarks/templates.py`.
"""
MOST_BLOCKS = 500
"""Blocks of a template, the most shared first."""
_MOST_CUT = 30  # percent of a text's words: a page that shares more shows an article again
SIBLINGS = 10
"""Articles of a host that have to be known before it is known how many words they usually have."""
ENDS = (".", "!", "?", "。", "！", "？", "।", "؟", ":", "…")
"""Signs with which a sentence ends."""
_FAR_SHORTER = 8  # a text with less than an eighth of the usual words is not called full
_BEGINNING = 80  # characters of a block, for those who look into the file


@dataclass(frozen=True, slots=True)
class TemplateCut:
    """What a template leaves of a text, as the *fields* of its article, and what is *gone*."""

    fields: Row
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FarShorter:
    """How complete a text counts that is far shorter than its siblings, and *why*."""

    completeness: Completeness
    why: str


@dataclass(frozen=True)
class Template:
    """The blocks that articles of *host* share (the beginning of each by its hash), and how many
    words they usually have, as a power of two; 0 where too few articles are known."""

    host: str
    blocks: dict[str, str]
    usual_words: int = 0

    @cached_property
    def content(self) -> bytes:
        """The file that the template is kept in."""
        data = {"host": self.host, "usual_words": self.usual_words, "blocks": self.blocks}
        return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"

    @cached_property
    def digest(self) -> str:
        """`sha256:` and the hex digest of the file."""
        return f"sha256:{hashlib.sha256(self.content).hexdigest()}"

    def config_digest(self, config: str) -> str:
        """`extraction_config_digest` of what is extracted with this template; *config* is the
        digest of the extractor's other settings."""
        return "sha256:" + hashlib.sha256(f"{config} {self.digest}".encode()).hexdigest()

    def cut(self, pairs: Sequence[tuple[Block, bool]], count: int) -> TemplateCut | None:
        """What is left of a text of *count* words whose blocks are *pairs*: each, and whether it
        stands apart. None where nothing goes, or so much that the page shows another article
        again."""
        shared = [one and hash_of(block.text) in self.blocks for block, one in pairs]
        gone = [block.text for (block, _), goes in zip(pairs, shared, strict=True) if goes]
        words = sum(map(word_count, gone))
        if not gone or 100 * words > _MOST_CUT * count:
            return None
        kept = [block for (block, _), goes in zip(pairs, shared, strict=True) if not goes]
        body = plain(kept)
        fields = {
            "article_body": body,
            "article_body_markdown": markdown(kept),
            "word_count": count - words,
            "text_digest": text_digest(body),
        }
        return TemplateCut(fields, tuple(gone))

    def far_shorter(self, completeness: str | None, count: int, text: str) -> FarShorter | None:
        """How complete a whole text counts that is far shorter than its siblings: a text that
        breaks off is a teaser, any other is `unknown`. None where it is long enough."""
        if _FAR_SHORTER * count >= self.usual_words:
            return None
        ends = text.rstrip('"”’»)]').endswith(ENDS)
        thought: Completeness = "unknown" if ends else "teaser"
        if completeness not in ("full", "unknown") or completeness == thought:
            return None
        return FarShorter(
            thought, f"{count} words, articles of this host have {self.usual_words} or more"
        )

    def add_evidence(
        self, evidence: dict[str, Any], far_shorter: FarShorter | None
    ) -> dict[str, Any]:
        """*evidence* with what the template adds to it."""
        body = evidence.get("article_body", {}) | {"template": self.digest}
        more = {"completeness": {"from": far_shorter.why}} if far_shorter else {}
        return evidence | {"article_body": body} | more

    def keep(self, folder: Path) -> None:
        """Write the template to its file below *folder*, the library's `templates`."""
        path = path_of(folder, self.host, self.digest)
        if not path.exists():
            files.make_folder(path.parent)
            files.put(path, self.content)


def path_of(folder: Path, host: str, digest: str) -> Path:
    """Where the template of that *digest* is kept below *folder*."""
    return folder / quote(host, safe="") / f"{digest.removeprefix('sha256:')}.json"


def read_template(folder: Path, host: str, digest: str) -> Template | None:
    """The template of that *digest* below *folder*; None where it is not there."""
    try:
        data = json.loads(path_of(folder, host, digest).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return Template(data["host"], data["blocks"], data["usual_words"])


def hash_of(text: str) -> str:
    """The hash by which a block is known: that of its words."""
    return hashlib.sha256(key(text).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def staged(body: Body, summary: str | None) -> Row:
    """What of *body* is staged with a page's row: versions need it, and templates are applied to it
    later. *summary* is the page's description.

    *boxes* are the hashes of the blocks that stand apart, *blocks* is JSON; both are null where
    none does. *flow_digest* is the `text_digest` of all other blocks without the summary, which a
    page may show above its text or not; null where these are the whole text.
    """
    pairs = list(zip(body.blocks, body.apart, strict=True))
    flow = [block for block, one in pairs if not one and not is_summary(block.text, summary)]
    if len(flow) == len(pairs):
        return {}
    digest = {"flow_digest": text_digest(plain(flow))}
    if not any(body.apart):
        return digest
    return digest | {
        "blocks": json.dumps([[asdict(b), one] for b, one in pairs], ensure_ascii=False),
        "boxes": sorted({hash_of(b.text) for b, one in pairs if one}),
    }


def is_summary(text: str, summary: str | None) -> bool:
    """Whether *text* says what the *summary* of its page says, word for word."""
    return bool(summary) and key(text) == key(summary or "")


def _pairs(row: Row) -> list[tuple[Block, bool]]:
    return [(Block(**block), one) for block, one in json.loads(row["blocks"])]


def boxes_of(row: Row) -> dict[str, str]:
    """The blocks of a page's row that stand apart: the beginning of each by its hash."""
    if not row["blocks"]:
        return {}
    return {hash_of(b.text): b.text[:_BEGINNING] for b, one in _pairs(row) if one}


def applied(row: Row, template: Template, config: str) -> Row:
    """A page's row as *template* makes it; *config* is the digest of the other settings.

    A row that the template does not change does not name it.
    """
    evidence = json.loads(row["evidence"] or "{}")
    cut = template.cut(_pairs(row), row["word_count"]) if row["blocks"] else None
    made = row | cut.fields if cut else row
    count, text = made["word_count"], made["article_body"]
    far_shorter = template.far_shorter(made["completeness"], count, text)
    if cut is None and far_shorter is None:
        return row
    gone = [{"reason": REASON, "block": text} for text in (cut.gone if cut else ())]
    evidence_text = json.dumps(
        template.add_evidence(evidence, far_shorter), ensure_ascii=False, sort_keys=True
    )
    return made | {
        "removed": [*row["removed"], *gone],
        "completeness": far_shorter.completeness if far_shorter else row["completeness"],
        "evidence": evidence_text,
        "extraction_config_digest": template.config_digest(config),
    }


def applied_to(article: Article, body: Body, template: Template) -> Article:
    """*article*, whose text is *body*, as *template* makes it."""
    pairs = list(zip(body.blocks, body.apart, strict=True))
    cut = template.cut(pairs, article.word_count)
    made = replace(article, **cut.fields) if cut else article
    far_shorter = template.far_shorter(made.completeness, made.word_count, made.article_body)
    if cut is None and far_shorter is None:
        return article
    gone = (Removed(reason=REASON, block=text) for text in (cut.gone if cut else ()))
    return replace(
        made,
        removed=(*article.removed, *gone),
        completeness=far_shorter.completeness if far_shorter else article.completeness,
        evidence=template.add_evidence(article.evidence, far_shorter),
    )


def template_of(row: Row) -> str | None:
    """The digest of the template that a row of `articles` was made with; None where there was
    none."""
    found = json.loads(row["evidence"] or "{}").get("article_body", {}).get("template")
    return found if isinstance(found, str) else None
