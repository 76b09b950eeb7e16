"""The stamp: what an environment was made for, and what lay in it when it was done."""

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
    """Written last, so that a half-made environment has none."""

    key: str  # of the pins, the project's metadata, this Python and the folder
    extras: frozenset[str]  # groups of optional packages that are in
    tree: dict[str, list[str]]  # folder in site-packages -> what is directly in it; "" is the top

    def covers(self, key: str, extras: Collection[str], packages: Path) -> bool:
        """Whether it was made for this, with these extras at least, and nothing in `packages` has gone."""
        return self.key == key and self.extras.issuperset(extras) and self._whole(packages)

    def _whole(self, packages: Path) -> bool:
        try:
            return all(set(names).issubset(os.listdir(packages / folder)) for folder, names in self.tree.items())
        except OSError:
            return False


def read(path: Path) -> Stamp | None:
    """The stamp at `path`, None where there is none that can be understood."""
    try:
        held = json.loads(path.read_bytes())
        return Stamp(held["key"], frozenset(held["extras"]), held["tree"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, stamp: Stamp) -> None:
    """Put the stamp there whole or not at all."""
    text = json.dumps({"key": stamp.key, "extras": sorted(stamp.extras), "tree": stamp.tree})
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def key(root: Path, constraints: Path) -> str:
    """Changes with whatever makes an environment of `root` out of date."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [
        constraints.read_text(encoding="utf-8"),
        json.dumps([project["project"], project["build-system"], project["tool"]["hatch"]], sort_keys=True),
        f"{sys.version_info[0]}.{sys.version_info[1]} {sysconfig.get_platform()} {root}",
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def tree(packages: Path) -> dict[str, list[str]]:
    """Two levels of site-packages: enough to notice what is gone, little enough to read at each start."""
    with os.scandir(packages) as entries:
        folders = [entry.name for entry in entries if entry.is_dir() and entry.name != "__pycache__"]
    return {"": folders} | {
        folder: [name for name in os.listdir(packages / folder) if name != "__pycache__"] for folder in folders
    }
