"""What may be a model on disk: a file of weights, or a folder of several that are one; read without torch."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gdm_studio.atomic import PART, open_file
from gdm_studio.errors import ModelError, StorageError
from gdm_studio.models.header import read_header, strict_json
from gdm_studio.models.stored import Header

SUFFIX = ".safetensors"
PICKLED = (".ckpt", ".pt", ".pth", ".bin")  # checkpoints of torch's
SUFFIXES = (SUFFIX, *PICKLED)
INDEX = re.compile(r"(.+)\.index(\.\w+)?\.json")  # beside shards, after their suffix: which tensor is in which
PIPELINE = "model_index.json"  # in a folder of components, a folder each, as diffusers writes them
SHARD = re.compile(rf"-\d{{5}}-of-\d{{5}}({'|'.join(map(re.escape, SUFFIXES))})$")

LONGEST = 4 * 2**20  # bytes of a small file that are read
LONGEST_INDEX = 8 * 2**20
MOST_SHARDS = 1000
SETTLED = 2_000_000_000  # nanoseconds after which a changed file has another time on any disk

Stamp = tuple[int, int]  # when a file was changed, in nanoseconds, and its bytes


@dataclass(frozen=True)
class Entry:
    """One that may be a model; `headers` by the name of the file in its folder, with "/" between folders."""

    path: Path  # the file, or the folder
    kind: Literal["file", "folder"]
    headers: Mapping[str, Header]
    indexes: tuple[str, ...] = ()  # the files that say which these are

    @property
    def folder(self) -> Path:
        """Where the names of its files begin."""
        return self.path if self.kind == "folder" else self.path.parent

    @property
    def weights(self) -> tuple[Path, ...]:
        """The files that hold its weights."""
        return tuple(self.folder / name for name in self.headers)

    @property
    def files(self) -> tuple[Path, ...]:
        """Those, and the indexes."""
        return (*self.weights, *(self.folder / name for name in self.indexes))

    @property
    def metadata(self) -> Mapping[str, str]:
        """What the file says of itself; nothing where there are several."""
        return next(iter(self.headers.values())).metadata if self.kind == "file" else {}

    def object(self, name: str) -> dict[str, Any]:
        """The JSON object in a small file of its folder; raises StorageError, OSError, ValueError, TypeError."""
        return read_object(self.folder / name)


def read_entry(path: Path) -> Entry:
    """What is at that path; raises ModelError where it is nothing that could be a model."""
    if not path.is_dir() or is_weights(path.name):
        return Entry(path, "file", {path.name: read_header(path)})
    try:
        names, indexes = _components(path) if (path / PIPELINE).is_file() else _weights(path)
    except (StorageError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path.name} is damaged ({error}); copy the model's whole folder again.") from error
    if not names:
        raise ModelError(f"{path.name} has no files of weights; choose another model.")
    if missing := [name for name in names if not os.path.lexists(path / name)]:
        more = f" and {len(missing) - 1} more are" if len(missing) > 1 else " is"
        raise ModelError(f"{path.name} is not whole: {missing[0]}{more} not there; copy or download the rest of it.")
    return Entry(path, "folder", {name: read_header(path / name) for name in names}, tuple(indexes))


def is_weights(name: str) -> bool:
    """Whether a file of that name would be one of weights."""
    return name.lower().endswith(SUFFIXES)


def entries_in(folders: Iterable[Path]) -> Iterator[str]:
    """Where all that could be a model is, in an order that stays, each once; links to folders are not followed.

    No file is opened. A folder of components is one, and so are the shards that lie beside their index.
    """
    seen: set[str] = set()
    for folder in folders:
        found = sorted(set(_under(str(folder))) - seen, key=lambda path: path.split(os.sep))
        seen.update(found)
        yield from found


def stamp_of(path: str | Path) -> Stamp | None:
    """By which a file is known again without being opened; None where it is gone."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size


def is_settled(stamps: Iterable[Stamp | None]) -> bool:
    """Whether files that have these stamps now will have others once they are changed."""
    latest = time.time_ns() - SETTLED
    return all(stamp is not None and stamp[0] < latest for stamp in stamps)


def read_object(path: Path, longest: int = LONGEST) -> dict[str, Any]:
    """The JSON object in a small file; raises StorageError, OSError, ValueError, TypeError."""
    with open_file(path) as file:
        found = strict_json(file.read(longest))
    if not isinstance(found, dict):
        raise TypeError("it is no object")
    return found


def _under(top: str) -> Iterator[str]:
    if is_weights(top) and not os.path.isdir(top):
        yield top  # a file by itself, named where it lies
    for place, inside, names in os.walk(top):
        if place.endswith(PART):
            inside.clear()
            continue
        if PIPELINE in names:
            inside.clear()
            yield place
            continue
        sharded = any(_is_index(name) for name in names)
        if sharded:
            yield place
        for name in (*inside, *names):
            if is_weights(name) and not (sharded and SHARD.search(name)):
                yield os.path.join(place, name)


def _components(folder: Path) -> tuple[list[str], list[str]]:
    """The files of weights in the folders that the pipeline names, and the indexes that name them."""
    named = [name for name, kind in read_object(folder / PIPELINE).items() if isinstance(kind, list)]
    inside = [name for name in sorted(named) if _is_plain(name) and (folder / name).is_dir()]
    names: list[str] = []
    indexes = [PIPELINE]
    for name in inside:
        for found, files in zip((names, indexes), _weights(folder / name), strict=True):
            found += [f"{name}/{file}" for file in files]
    return names, indexes


def _weights(folder: Path) -> tuple[list[str], list[str]]:
    """The shards and the index that names them, or one file and none; safetensors where there are pickles too, and of
    several the one with the shortest name.
    """
    names = sorted((path.name for path in folder.iterdir()), key=lambda name: (SUFFIX not in name, len(name), name))
    index = next((name for name in names if _is_index(name)), None)
    whole = [name for name in names if is_weights(name) and not SHARD.search(name)]
    if index is None or (SUFFIX not in index and whole[:1] and whole[0].endswith(SUFFIX)):
        return whole[:1] or [name for name in names if is_weights(name)][:1], []
    shards = sorted(set(read_object(folder / index, LONGEST_INDEX)["weight_map"].values()))
    if len(shards) > MOST_SHARDS or not all(_is_plain(name) and is_weights(name) for name in shards):
        raise ValueError(f"{index} names other files than its shards")
    return shards, [index]


def _is_index(name: str) -> bool:
    return (found := INDEX.fullmatch(name)) is not None and is_weights(found[1])


def _is_plain(name: object) -> bool:
    """Whether it is the name of something in the folder itself."""
    return isinstance(name, str) and name not in ("", ".", "..") and not set(name) & {"/", "\\", "\0", ":"}
