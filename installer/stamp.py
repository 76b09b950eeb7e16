"""Record of a completed installation: its inputs and the installed folders."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import sysconfig
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stamp:
    """Record of a completed installation. It is written last, so an incomplete environment has none."""

    # Hash of the constraints, the project's metadata, this Python and the folder.
    key: str
    # Installed extras.
    extras: frozenset[str]
    # Folder in site-packages -> names in it; "" is site-packages itself.
    tree: dict[str, list[str]]

    def covers(self, key: str, extras: Collection[str], packages: Path) -> bool:
        """Return True if the key matches, the extras are installed and nothing in `packages` is missing."""
        return self.key == key and self.extras.issuperset(extras) and self._whole(packages)

    def _whole(self, packages: Path) -> bool:
        try:
            return all(set(names).issubset(os.listdir(packages / folder)) for folder, names in self.tree.items())
        except OSError:
            return False


def read(path: Path) -> Stamp | None:
    """Read the stamp at `path`, or return None if it is missing or damaged."""
    try:
        held = json.loads(path.read_bytes())
        return Stamp(held["key"], frozenset(held["extras"]), held["tree"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, stamp: Stamp) -> None:
    """Write the stamp atomically."""
    text = json.dumps({"key": stamp.key, "extras": sorted(stamp.extras), "tree": stamp.tree})
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def key(root: Path, constraints: Path) -> str:
    """Return a hash of everything that makes an environment of `root` outdated when it changes."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [
        constraints.read_text(encoding="utf-8"),
        json.dumps([project["project"], project["build-system"], project["tool"]["hatch"]], sort_keys=True),
        f"{sys.version_info[0]}.{sys.version_info[1]} {sysconfig.get_platform()} {root}",
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def tree(packages: Path) -> dict[str, list[str]]:
    """List two levels of site-packages: enough to notice missing packages, and fast enough for every start."""
    with os.scandir(packages) as entries:
        folders = [entry.name for entry in entries if entry.is_dir() and entry.name != "__pycache__"]
    return {"": folders} | {
        folder: [name for name in os.listdir(packages / folder) if name != "__pycache__"] for folder in folders
    }
