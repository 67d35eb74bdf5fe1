"""What a page declares and prints of its authors into their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.metadata.people.boxes import further_authors
from pipelines.metadata.people.bylines import shown_authors
from pipelines.metadata.people.given_names import begins_with_given_name
from pipelines.metadata.people.names import author_names, people_in
from pipelines.metadata.people.texts import is_plain_name
from pipelines.metadata.people.vocabulary import ORGANISATION
from pipelines.text.words import collapse, key

__all__ = ["Authors", "author_names", "authors_of"]

_WRITTEN_BY = (
    "written by",
    "verfasst von",
    "écrit par",
    "escrito por",
    "scritto da",
    "geschreven door",
    "skrevet af",
    "skrevet av",
    "skriven av",
    "napisane przez",
    "автор",
    "écrit par",
    "yazan",
    "por",
    "autor",
)


@dataclass(frozen=True, slots=True)
class Authors:
    """The *names* of a page's authors, the *source* that gave them and what it says; *agencies* are
    the news agencies that stand among them, each with its source and what that says."""

    names: tuple[str, ...] = ()
    source: str | None = None
    raws: tuple[str, ...] = ()
    agencies: dict[str, Candidate] = field(default_factory=dict)


def authors_of(
    declared: Declarations, not_names: Iterable[str | None] = (), hosts: Iterable[str] = ()
) -> Authors:
    """The authors by the first source that names people: declarations first, then bylines.

    A later source that names the same people and more goes before. A lone word, a team or an office
    is named only where no source names anybody else, and so is a name of *hosts*.
    """
    refused = tuple(name for name in not_names if name and not _is_person(name))
    agencies: dict[str, Candidate] = {}
    found: list[Authors] = []
    late: list[Authors] = []
    of_host = {squeezed(host) for host in hosts}
    groups = chain(_declared(declared), shown_authors(declared))
    for group in chain(groups, _if_nobody(found, agencies, declared)):
        people = people_in((raw for _, raw in group), refused)
        for agency in people.agencies:
            agencies.setdefault(agency, group[0])
        if people.names:
            of_site = all(squeezed(n) in of_host and not _is_person(n) for n in people.names)
            one = Authors(people.names, group[0][0], tuple(raw for _, raw in group))
            (late if of_site else found).append(one)
    best = _best(found or late)
    return Authors(best.names, best.source, best.raws, agencies)


def _if_nobody(
    found: list[Authors], agencies: dict[str, Candidate], declared: Declarations
) -> Iterator[list[Candidate]]:
    """What further places say, until one names anybody, if nobody has been *found* so far, and
    no *agencies*."""
    further = further_authors(declared)
    while not (found or agencies) and (group := next(further, None)) is not None:
        yield group


def squeezed(name: str) -> str:
    """The letters of a *name*, by which it is compared with the name of a host."""
    return "".join(character for character in name.lower() if character.isalnum())


def _best(found: list[Authors]) -> Authors:
    plain = [one for one in found if _names_people(one.names)]
    best = next(iter(plain or found), Authors())
    for other in plain:
        if other.source != "markup:author link" and _says_more(other.names, best.names):
            best = other
    return best


def _says_more(names: tuple[str, ...], than: tuple[str, ...]) -> bool:
    """Whether *names* are the people *than* and more, or those people by longer names."""
    if len(names) < len(than):
        return False
    rest = [key(name) for name in names]
    more = [name for name in names if key(name) not in set(map(key, than))]
    if not all(begins_with_given_name(name) for name in more):
        return False
    for name in than:
        same = next((one for one in rest if f" {key(name)} " in f" {one} "), None)
        if same is None:
            return False
        rest.remove(same)
    return bool(rest)


def _names_people(names: tuple[str, ...]) -> bool:
    """Whether *names* hold the full name of a person."""
    return any(
        (" " in name or not name.isascii()) and not ORGANISATION.search(name) for name in names
    )


def _is_person(name: str) -> bool:
    """Whether a site's *name* is that of a person, who writes it."""
    return (
        1 < len(name.split()) < 4 and begins_with_given_name(name) and is_plain_name(name.title())
    )


def _declared(declared: Declarations) -> Iterator[list[Candidate]]:
    """What the page declares, by the place where it does, the most trusted first."""
    by_source: dict[str, list[Candidate]] = {}
    written = _written_by(declared)
    for candidate in chain(declared.candidates("author"), written, declared.page_nodes("author")):
        by_source.setdefault(candidate[0], []).append(candidate)
    yield from by_source.values()


def _written_by(declared: Declarations) -> Iterator[Candidate]:
    for number in ("1", "2"):
        label = declared.metas.get(f"twitter:label{number}", [""])[0].lower()
        if label.startswith(_WRITTEN_BY):
            for text in declared.metas.get(f"twitter:data{number}", ()):
                yield f"meta:twitter:data{number}", collapse(text)
