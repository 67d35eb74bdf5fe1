"""All tables again from the WARC files alone: batches replayed into a generation beside the old."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive import cdxj, files
from archive.exchange import capture_of
from archive.journal import BATCH_URI, Batch, Span
from archive.library import Library, make_generation, point_to
from archive.locks import lock
from archive.records import Located
from archive.repair import recover
from archive.scan import Damaged, scan_groups
from archive.state import Validator
from archive.types import CdxEntry
from archive.writer import index_path
from pipelines.batches import Published, Recorded, write_batch
from pipelines.culprits import derive_all
from pipelines.derive import Receipt
from pipelines.engine import Engine
from pipelines.revisits import validator_of
from pipelines.staging import task_of


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild made: its generation, and what each batch holds."""

    generation: Path
    batches: tuple[Published, ...]


@dataclass(slots=True)
class _Scan:
    """What one pass over the WARC files finds."""

    batches: dict[int, Recorded]
    validators: dict[str, Validator]
    entries: list[CdxEntry]


def rebuild(
    library: Library, engine: Engine, told: Callable[[Receipt], None] = lambda _: None
) -> Rebuilt:
    """Derive everything again and swap the link; the old generation stays for those who read it.

    LockHeld where another process publishes. Interrupted, it has changed nothing that readers see.
    """
    with lock(library.lock_file("publish")), files.speaking_errors(library.path):
        recover(library)
        scan = _scan(library)
        number = f"{int(library.generation.name) + 1:04}"
        target = library.path / "generations" / number
        staging = library.staging / f"rebuild-{number}"
        files.remove_tree(target)
        make_generation(library.path, number, library.settings.created)
        batches = [scan.batches[key] for key in sorted(scan.batches)]
        tasks = [
            task_of(library, span, staging, recorded.batch.quarantined)
            for recorded in batches
            for span in recorded.batch.inputs
        ]
        for receipt in derive_all(engine, tasks):
            told(receipt)
        published = tuple(write_batch(library, target, batch, staging) for batch in batches)
        library.state.put_validators(scan.validators.values())
        point_to(library.path, number)
        files.remove_tree(staging)
        return Rebuilt(target, published)


def _scan(library: Library) -> _Scan:
    """Batch records and validators of all sealed WARC files; writes the CDXJ that is missing."""
    scan = _Scan({}, {}, [])
    for path in sorted(library.path.glob("warc/**/*.warc.gz")):
        name = str(path.relative_to(library.path))
        scan.entries.clear()
        for group in _groups(path):
            _look(scan, group, name)
        if not index_path(path).exists():
            files.put(index_path(path), cdxj.to_bytes(scan.entries))
    return scan


def _groups(path: Path) -> Iterator[list[Located]]:
    """What is whole; deriving tells of the rest."""
    with path.open("rb") as stream:
        for found in scan_groups(stream):
            if not isinstance(found, Damaged):
                yield found


def _look(scan: _Scan, group: list[Located], name: str) -> None:
    first = group[0].record
    if first.type == "resource" and (first.get("WARC-Target-URI") or "").startswith(BATCH_URI):
        batch = Batch.from_bytes(first.block)
        record = Span(name, 0, group[0].offset + group[0].length)
        scan.batches[batch.number] = Recorded(batch, record)
    if entry := cdxj.entry_of(group[0], name):
        scan.entries.append(entry)
    if first.type == "response":
        capture = capture_of([located.record for located in group])
        validator = validator_of(capture, name, group[0].offset)
        if validator:
            _keep_newer(scan.validators, validator)


def _keep_newer(validators: dict[str, Validator], found: Validator) -> None:
    before = validators.get(found.url_surtkey)
    if before is None or before.fetch_time <= found.fetch_time:
        validators[found.url_surtkey] = found
