"""`library.toml` as far as every command reads it: whether a folder is a library, and of a format
that is known. What the settings are is read by `archive.config`, where they are needed."""

from __future__ import annotations

import errno
import tomllib
from pathlib import Path
from typing import Any

from archive.errors import NewerFormat, NotALibrary, UsageError
from archive.version import LIBRARY_FORMAT

_CURE = "correct it, or put it back from a copy"


def check_format(folder: Path) -> None:
    """Raise NotALibrary, NewerFormat or UsageError where *folder* is no library of ours."""
    read_toml(folder)


def read_toml(folder: Path) -> dict[str, Any]:
    """What the `library.toml` in *folder* says, its values unchecked; NotALibrary, NewerFormat or
    UsageError."""
    path = folder / "library.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise NotALibrary(folder) from None
    except RecursionError:
        raise UsageError(f"{path}: not valid TOML: values in values without end: {_CURE}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}: {_CURE}") from None
    except ValueError:
        raise UsageError(
            f"{path}: not valid TOML: a number of thousands of digits: {_CURE}"
        ) from None
    except OSError as error:
        if error.errno not in (errno.EISDIR, errno.ELOOP):
            raise
        raise UsageError(f"{path}: no file: {_CURE}") from None
    found = data.get("format")
    if isinstance(found, int) and found > LIBRARY_FORMAT:
        raise NewerFormat(folder, found, LIBRARY_FORMAT)
    return data
