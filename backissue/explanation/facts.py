"""A library and a URL into all that is known of the URL: from the tables, the state, the rules of
the declared sources, and from its page, if that gave no article."""

from __future__ import annotations

from dataclasses import dataclass

from archive.errors import CorruptRecord
from archive.library import Library
from archive.removal.in_force import in_force
from archive.removal.tombstones import Tombstone
from archive.source import check_url
from archive.state.database import State
from archive.state.read_only import ask
from archive.state.rows import Visit, now_text
from archive.tables.url_history import FoundArticle, UrlHistory, articles_of, histories
from archive.tables.verdicts import NONE, SIGNALS
from backissue.explanation.rules import Cover, covers
from crawlers.sources.folder import SourceFiles


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of *url*.

    *chain* begins with its own history, and goes on with those of the addresses that it leads to.
    All else is of the last of them: *known_visits* are the newest by each source, and *unpublished*
    those that the tables lack; *reading* says what the extractor makes of a page without article,
    *proof* what its site proves it to be. Who had it *removed*, and when.
    """

    url: str
    chain: tuple[UrlHistory, ...]
    articles: tuple[FoundArticle, ...] = ()
    known_visits: tuple[Visit, ...] = ()
    unpublished: tuple[Visit, ...] = ()
    reading: str | None = None
    proof: str | None = None
    covers: tuple[Cover, ...] = ()
    running: frozenset[str] = frozenset()
    removed: Tombstone | None = None

    @property
    def last(self) -> UrlHistory:
        """The history of the address at the end of all redirects."""
        return self.chain[-1]

    @property
    def is_seen(self) -> bool:
        """Whether the library has met the URL."""
        held = any(one.log or one.captures for one in self.chain)
        return held or bool(self.articles or self.known_visits)


def facts_of(library: Library, url: str) -> Facts:
    """All that *library* knows of *url*, which may lack its scheme; reads only."""
    url = url.strip() if "://" in url else f"https://{url.strip()}"
    check_url(url)
    chain = histories(library.generation, url)
    articles = articles_of(library.generation, chain[-1])
    proof = _proof(library, chain[-1].url_surtkey)
    removed = in_force(library.path).of(chain[-1].url)
    declared = SourceFiles(library.path / "sources").read().sources.values()

    def of_state(state: State) -> Facts:
        visits = () if removed else _visits(state, chain[-1].url_surtkey)
        return Facts(
            url,
            chain,
            articles,
            visits,
            tuple(one for one in visits if not _is_published(one, chain[-1])),
            None if articles or proof else _reading(library, chain[-1]),
            proof,
            tuple(covers(library, state, list(declared), chain[-1].url)),
            frozenset(run.source for run in state.running()),
            removed,
        )

    return ask(library.path, of_state)


def _visits(state: State, key: str) -> tuple[Visit, ...]:
    """The newest visit of each source that has run, oldest first."""
    found = (state.visit(name, key) for name in state.sources_with_runs())
    return tuple(sorted(filter(None, found), key=lambda visit: visit.fetch_time))


def _is_published(visit: Visit, history: UrlHistory) -> bool:
    rows = (row for row in history.log if row["source"] == visit.source)
    return any(now_text(row["fetch_time"]) >= visit.fetch_time for row in rows)


def _proof(library: Library, key: str) -> str | None:
    """What the page at an address was proved to be by what else is known of its site."""
    from pipelines.fold.site_memory import proof_in

    found = proof_in(library.generation, key)
    return f"{found[0]}: {found[1]}" if found else None


def _reading(library: Library, history: UrlHistory) -> str | None:
    """What the newest page is, and why, as the extractor reads it now; None where that says
    nothing."""
    verdicts = [row["verdict"] for row in history.log if row["verdict"]]
    why = verdicts[-1].removeprefix(NONE) if verdicts else "error"
    if history.pointer is None or why in ("error", *SIGNALS):
        return None
    from pipelines.extract import extract

    try:
        article = extract(library.read(history.pointer))
    except CorruptRecord:
        return None
    because = article.evidence.get("completeness", {}).get("from")
    return f"{article.completeness}: {because}" if because else None
