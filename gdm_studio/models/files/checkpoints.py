"""Search for models on disk, without torch. A model is a weight file or a folder of files."""

from __future__ import annotations

import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from gdm_studio.common.atomic_files import PART, open_file
from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.files.gguf import MAGIC, read_gguf
from gdm_studio.models.files.header import Header, strict_json
from gdm_studio.models.files.read_errors import read_error
from gdm_studio.models.files.safetensors import read_safetensors
from gdm_studio.models.files.torch_pickle import is_pickled, read_pickled
from gdm_studio.models.files.unusable_files import (
    ARCHIVE_SUFFIXES,
    HEAD,
    check_is_not_foreign,
    unfinished_error,
    whole_name,
)
from gdm_studio.models.weight_storage.quantization_detection import join_shards

SUFFIX = ".safetensors"
# Suffixes of torch checkpoints.
PICKLE_SUFFIXES = (".ckpt", ".pt", ".pth", ".bin")
# Suffix of the GGUF format of llama.cpp, mostly used for quantised models.
GGUF_SUFFIX = ".gguf"
# Suffixes of all files that may contain weights.
SUFFIXES = (SUFFIX, *PICKLE_SUFFIXES, GGUF_SUFFIX)
# Matches an index file beside shards, which names the shard of each tensor.
INDEX = re.compile(r"(.+)\.index(\.\w+)?\.json")
# File in the folder of a diffusers pipeline, which has a subfolder for each component, and that of a modular pipeline.
PIPELINE = "model_index.json"
PIPELINES = (PIPELINE, "modular_model_index.json")
# Matches the end of a shard's name, and the number of all shards in it.
SHARD = re.compile(rf"-\d{{5}}-of-\d{{5}}({'|'.join(map(re.escape, SUFFIXES))})$")
_COUNT = re.compile(r"-\d{5}-of-(\d{5})\.")

# Maximum number of bytes of a small file that are read.
LONGEST = 4 * 2**20
LONGEST_INDEX = 8 * 2**20
MOST_SHARDS = 1000
# Maximum number of bytes of all headers of a model.
MOST_DESCRIBED = 32 * 2**20
# Age of a file in nanoseconds from which any change alters its modification time, on every file system.
SETTLED = 2_000_000_000

# Maximum number of cached headers, and maximum number of bytes that they take in their files together. That of the
# largest model takes 1 MiB.
MOST_RECENT = 32
MOST_RECENT_BYTES = 2 * 2**20

# Modification time of a file in nanoseconds, and its size in bytes.
Stamp = tuple[int, int]
# Device and inode of a folder.
FolderId = tuple[int, int]

# Headers that were read last, by path, each with the modification time, size, device, inode and change time of its
# file. Files from one archive often have equal sizes and modification times, and may replace each other.
_recent_headers: OrderedDict[Path, tuple[tuple[int, ...], Header]] = OrderedDict()
_recent_lock = threading.Lock()


@dataclass(frozen=True)
class Entry:
    """File or folder on disk that may be a model, with the headers of its weight files.

    `headers` contains the header of each file by its path relative to the folder.
    """

    # The file, or the folder.
    path: Path
    kind: Literal["file", "folder"]
    headers: Mapping[str, Header]
    # The index files that list the weight files.
    indexes: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Return the folder that contains the model's files: the model folder itself, or the parent of a single
        file.
        """
        return self.path if self.kind == "folder" else self.path.parent

    @property
    def weights(self) -> tuple[Path, ...]:
        """Return the paths of all the model's weight files."""
        return tuple(self.folder / name for name in self.headers)

    @property
    def files(self) -> tuple[Path, ...]:
        """Return the paths of the model's weight files, and of the index files that list them."""
        return (*self.weights, *(self.folder / name for name in self.indexes))

    @property
    def metadata(self) -> Mapping[str, str]:
        """Return the metadata in the header if the model is a single weight file, or {} if it is a folder."""
        return next(iter(self.headers.values())).metadata if self.kind == "file" else {}

    def object(self, name: str, *, is_finite: bool = True) -> dict[str, Any]:
        """Parse the JSON object in a small file of the model's folder, such as a configuration, see `read_json_object`.

        Raises StorageError, OSError, ValueError or TypeError.
        """
        return read_json_object(self.folder / name, is_finite=is_finite)


def read_entry(path: Path) -> Entry:
    """Read the headers of the weight file or model folder at a path. Raises ModelError if it cannot be a model."""
    if not path.is_dir() or is_weights_name(path.name):
        if path.name.lower().endswith(ARCHIVE_SUFFIXES) and not whole_name(path.name):
            raise ModelError(f"{path.name} is an archive; unpack it, and choose the file in it.")
        return Entry(path, "file", {path.name: read_header(path)})
    try:
        index = next((name for name in PIPELINES if (path / name).is_file()), None)
        names, indexes = _find_component_files(path, index) if index is not None else _choose_weight_files(path)
    except (StorageError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        damaged = f"{path.name} is damaged ({error}); copy the model's whole folder again."
        raise read_error(path, error, damaged) from error
    if not names:
        raise ModelError(translatable("{name} contains no weight files; choose another model.", name=path.name))
    if missing := [name for name in names if not os.path.lexists(path / name)]:
        more = f" and {len(missing) - 1} more files are" if len(missing) > 1 else " is"
        raise ModelError(f"{path.name} is incomplete: {missing[0]}{more} missing; copy or download the rest of it.")
    return Entry(path, "folder", _read_headers(path, names), tuple(indexes))


def shards_beside(file: Path) -> tuple[Path, ...]:
    """Return all shards of the model to which a weight file belongs, in order, or only the file if it is no shard."""
    if not SHARD.search(file.name):
        return (file,)
    model = SHARD.sub("", file.name)
    names = (each for each in os.listdir(file.parent) if SHARD.search(each) and SHARD.sub("", each) == model)
    return tuple(file.with_name(name) for name in sorted(names)[:MOST_SHARDS])


def read_shards(files: Collection[Path]) -> Entry:
    """Read the headers of a model's shards, which are in one folder. Raises ModelError."""
    folder = next(iter(files)).parent
    return Entry(folder, "folder", _read_headers(folder, [file.name for file in files]))


def _read_headers(folder: Path, names: Collection[str]) -> dict[str, Header]:
    """Read the headers of several weight files in a folder. Raises ModelError if the headers are larger, in total, than
    those of any real model.
    """
    headers = {}
    described = 0
    for name in names:
        headers[name] = read_header(folder / name)
        described += headers[name].bytes
        if described > MOST_DESCRIBED:
            raise ModelError(f"{folder.name} is damaged: its headers are too large for a model; copy it again.")
    for component in {_component_of(name) for name in names}:
        shards = {name: header for name, header in headers.items() if _component_of(name) == component}
        if len(shards) > 1:
            headers |= join_shards(shards)
    return headers


def _component_of(file: str) -> str:
    return file.rpartition("/")[0]


def read_header(path: Path) -> Header:
    """Read the header (tensor names, shapes and metadata) of a safetensors file, torch checkpoint or GGUF file. The
    format is detected from the content.

    Loading a model reads a header about ten times, so that the last headers are cached until their files change.
    Pickles are never executed. Raises ModelError if the file is missing, damaged or in another format.
    """
    if whole_name(path.name):
        raise unfinished_error(path.name)
    try:
        with open_file(path) as file:
            found = os.fstat(file.fileno())
            stamp = found.st_mtime_ns, found.st_size
            identity = *stamp, found.st_dev, found.st_ino, found.st_ctime_ns
            with _recent_lock:
                known = _recent_headers.get(path)
            if known is not None and known[0] == identity:
                return known[1]
            header = _parse_header(path, file, found.st_size)
    except StorageError as error:
        raise ModelError(error.sentence) from error
    except OSError as error:
        raise ModelError(f"{path.name} cannot be read ({error.strerror}); check its disk, or copy it again.") from error
    if is_settled([stamp]):
        _cache_header(path, identity, header)
    return header


def _parse_header(path: Path, file: IO[bytes], size: int) -> Header:
    start = file.read(HEAD)
    head = start[:8]
    check_is_not_foreign(path.name, start, size)
    if head.startswith(MAGIC):
        return read_gguf(path, file, size)
    file.seek(8)
    if is_pickled(head):
        return read_pickled(path, file, size)
    return read_safetensors(path, file, head, size)


def _cache_header(path: Path, identity: tuple[int, ...], header: Header) -> None:
    """Cache the header of a file, and remove the oldest ones beyond the limits."""
    with _recent_lock:
        _recent_headers.pop(path, None)
        _recent_headers[path] = identity, header
        total = sum(_count_bytes(each) for _, each in _recent_headers.values())
        while len(_recent_headers) > MOST_RECENT or total > MOST_RECENT_BYTES:
            _, (_, oldest) = _recent_headers.popitem(last=False)
            total -= _count_bytes(oldest)


def _count_bytes(header: Header) -> int:
    return header.bytes + sum(map(len, header.texts.values()))


def is_weights_name(name: str) -> bool:
    """Return True if a file name has a suffix of weight files, such as .safetensors."""
    return name.lower().endswith(SUFFIXES)


def is_listed_name(name: str) -> bool:
    """Return True if a file in a models folder is listed: weights, an unfinished download of weights, or an archive."""
    whole = whole_name(name)
    return is_weights_name(name) or whole == name or is_weights_name(whole) or name.lower().endswith(ARCHIVE_SUFFIXES)


def is_gguf_name(name: str) -> bool:
    """Return True if a file name ends in .gguf, the suffix of llama.cpp's quantised models."""
    return name.lower().endswith(GGUF_SUFFIX)


def find_entries(folders: Iterable[Path]) -> Iterator[str]:
    """Search folders for possible models, and yield the path of each file or folder once, in a stable order.

    No file is opened. A folder of components counts as one entry, as does a folder of shards with an index. Links to
    folders are followed, unless the folder was already scanned or contains the link itself.
    """
    tops = [str(folder) for folder in folders]
    visited: set[FolderId] = set()
    linked: dict[str, list[str]] = {}
    found = {top: set(_iter_entry_paths(top, visited, linked.setdefault(top, []))) for top in tops}
    # Links come second, so that a folder is listed under its own path and not under the path of a link to it.
    for top in found:
        # Linked folders may contain further links, which are appended to the list.
        for link in linked[top]:
            if not _is_visited(link, visited) and not _contains_searched_folder(link, tops):
                found[top].update(_iter_entry_paths(link, visited, linked[top], skip_visited=True))
    seen: set[str] = set()
    for each in found.values():
        yield from sorted(each - seen, key=lambda path: path.split(os.sep))
        seen |= each


def stamp_of(path: str | Path) -> Stamp | None:
    """Return the modification time (ns) and the size of a file, by which changes to its content are detected. Returns
    None if the file does not exist.
    """
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size


def is_settled(stamps: Iterable[Stamp | None]) -> bool:
    """Return True if the given files were last modified so long ago that any new change is certain to alter their
    modification times.
    """
    latest = time.time_ns() - SETTLED
    return all(stamp is not None and stamp[0] < latest for stamp in stamps)


def read_json_object(path: Path, longest: int = LONGEST, *, is_finite: bool = True) -> dict[str, Any]:
    """Parse the JSON object in a small file of at most `longest` bytes. Raises StorageError, OSError,
    ValueError or TypeError.

    Without `is_finite`, numbers may be infinite or NaN, and the caller must check those that it uses.
    """
    with open_file(path) as file:
        found = strict_json(file.read(longest), is_finite=is_finite)
    if not isinstance(found, dict):
        raise TypeError("it is not a JSON object")
    return found


def _iter_entry_paths(
    top: str, visited: set[FolderId], linked: list[str], *, skip_visited: bool = False
) -> Iterator[str]:
    """Yield the paths of possible models inside a folder and its subfolders.

    The folders found are added to `visited`, and links to folders are added to `linked`.
    """
    if is_weights_name(top) and not os.path.isdir(top):
        yield top  # a single file that the user has added instead of a folder
    for place, inside, names in os.walk(top):
        if place.endswith(PART) or (skip_visited and _is_visited(place, visited)):
            inside.clear()
            continue
        if (identity := _folder_id(place)) is not None:
            visited.add(identity)
        if any(name in names for name in PIPELINES) and not _is_prior(inside):
            inside.clear()
            yield place
            continue
        linked += sorted(path for name in inside if os.path.islink(path := os.path.join(place, name)))
        sharded = any(_is_index(name) for name in names)
        if sharded:
            yield place
        for name in (*filter(is_weights_name, inside), *filter(is_listed_name, names)):
            if not (sharded and SHARD.search(name)):
                yield os.path.join(place, name)


def _is_prior(components: Collection[str]) -> bool:
    """Return True if a folder of diffusers contains FLUX.1 Redux and its image encoder, which are listed one by one,
    instead of a model.
    """
    return "image_embedder" in components and not {"transformer", "unet"}.intersection(components)


def _folder_id(path: str) -> FolderId | None:
    """Return an identifier (device and inode) that is the same for all paths to one folder, or None if the folder
    cannot be read.
    """
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def _is_visited(path: str, visited: Collection[FolderId]) -> bool:
    """Return True if a folder was already searched, perhaps under another path, or cannot be read."""
    identity = _folder_id(path)
    return identity is None or identity in visited


def _contains_searched_folder(link: str, tops: Iterable[str]) -> bool:
    """Return True if a symbolic link leads to a folder that is being searched, or to a folder that contains it, such as
    the parent of the link.
    """
    target = Path(os.path.realpath(link))
    return any(Path(os.path.realpath(top)).is_relative_to(target) for top in tops)


def _find_component_files(folder: Path, index: str) -> tuple[list[str], list[str]]:
    """Return the paths of the weight files and index files of a diffusers pipeline, relative to its folder. The
    components are listed in the pipeline's file `index`, one of PIPELINES.
    """
    named = [name for name, kind in read_json_object(folder / index).items() if isinstance(kind, list)]
    inside = [name for name in sorted(named) if _is_plain(name) and (folder / name).is_dir()]
    names: list[str] = []
    indexes = [index]
    for name in inside:
        for found, files in zip((names, indexes), _choose_weight_files(folder / name), strict=True):
            found += [f"{name}/{file}" for file in files]
    return names, indexes


def _choose_weight_files(folder: Path) -> tuple[list[str], list[str]]:
    """Choose the weight files of a folder: either the shards of a model with their index, or a single weight file
    without an index.

    Safetensors are preferred over pickles, and shorter names over longer ones.
    """
    names = sorted((path.name for path in folder.iterdir()), key=lambda name: (SUFFIX not in name, len(name), name))
    index = next((name for name in names if _is_index(name)), None)
    whole = [name for name in names if is_weights_name(name) and not SHARD.search(name)]
    if index is None or (SUFFIX not in index and whole[:1] and whole[0].endswith(SUFFIX)):
        shards = [name for name in names if is_weights_name(name) and SHARD.search(name)]
        if not whole and len(shards) > 1:
            raise ValueError(f"{shards[0]} has no index beside it")
        return whole[:1] or shards[:1], []
    named = read_json_object(folder / index, LONGEST_INDEX)["weight_map"].values()
    # Integers could be chosen so that their hashes collide, which makes `set` slow.
    if not all(isinstance(name, str) for name in named):
        raise ValueError(f"{index} names other files than its shards")
    shards = sorted(set(named))
    if len(shards) > MOST_SHARDS or not all(_is_plain(name) and is_weights_name(name) for name in shards):
        raise ValueError(f"{index} names other files than its shards")
    if not shards or any((at := _COUNT.search(name)) is not None and int(at[1]) != len(shards) for name in shards):
        raise ValueError(f"{index} names {len(shards)} files, which are not all shards")
    return shards, [index]


def _is_index(name: str) -> bool:
    return (found := INDEX.fullmatch(name)) is not None and is_weights_name(found[1])


def _is_plain(name: object) -> bool:
    """Return True if a value from untrusted JSON is a plain file name without path separators, which cannot lead out of
    the folder.
    """
    return isinstance(name, str) and name not in ("", ".", "..") and not set(name) & {"/", "\\", "\0", ":"}
