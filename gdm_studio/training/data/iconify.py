"""Reader of the `@iconify/json` archive, which returns icons as square SVG documents."""

import io
import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gdm_studio.common.archive_errors import ARCHIVE_ERRORS
from gdm_studio.common.errors import StudioError

_VERSION = re.compile(r"(\d+\.\d+\.\d+)\.tgz$")


@dataclass(frozen=True, kw_only=True)
class IconSet:
    """Icon set of the Iconify archive, with the vector drawings and aliases from its JSON file."""

    prefix: str
    icons: dict[str, dict[str, Any]]
    aliases: dict[str, dict[str, Any]]
    # The default left, top, width and height of an icon.
    box: dict[str, float]
    info: dict[str, Any]

    def __contains__(self, name: str) -> bool:
        return name in self.icons or name in self.aliases

    def svg(self, name: str) -> str:
        """Return an icon of the set as a complete SVG document, with a square viewBox centred on the drawing."""
        icon = self._resolve(name)
        left, top, width, height = (float(icon[key]) for key in ("left", "top", "width", "height"))
        side = max(width, height)
        corner = f"{left - (side - width) / 2:g} {top - (side - height) / 2:g}"
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'width="{side:g}" height="{side:g}" viewBox="{corner} {side:g} {side:g}">{icon["body"]}</svg>'
        )

    def _resolve(self, name: str) -> dict[str, Any]:
        chain: list[dict[str, Any]] = []
        while name in self.aliases and name not in self.icons:
            chain.append(self.aliases[name])
            name = self.aliases[name]["parent"]
        if name not in self.icons:
            raise StudioError(f"The icon set {self.prefix} has no icon named {name}.")
        resolved = {**self.box, **self.icons[name]}
        for alias in reversed(chain):
            resolved.update({key: alias[key] for key in self.box if key in alias})
        return resolved


class Archive:
    """Reader of the `@iconify/json` archive of icon sets. It loads one set at a time, since the largest is 100 MB."""

    def __init__(self, path: Path) -> None:
        self.path = path
        found = _VERSION.search(path.name)
        self.version = found.group(1) if found else path.stem

    def read(self, prefixes: frozenset[str]) -> Iterator[IconSet]:
        """Yield the icon sets named by `prefixes`, in the order of the archive, in a single pass.

        Raises StudioError if a set is missing or the archive cannot be read.
        """
        left = set(prefixes)
        if not left:
            return
        try:
            with tarfile.open(self.path) as tar:
                for member in tar:
                    file = Path(member.name)
                    if file.parent.name == "json" and file.suffix == ".json" and file.stem in left:
                        left.remove(file.stem)
                        yield parse_set(json.load(tar.extractfile(member) or io.BytesIO()))
                    if not left:
                        return
        except ARCHIVE_ERRORS as error:
            raise StudioError(f"{self.path} cannot be read ({error}); delete it and run again.") from error
        raise StudioError(f"{self.path} has no icon set named {min(left)}; download @iconify/json again.")


def parse_set(document: dict[str, Any]) -> IconSet:
    """Create an `IconSet` from the parsed JSON document of an icon set."""
    box = {
        "left": document.get("left", 0),
        "top": document.get("top", 0),
        "width": document.get("width", 16),
        "height": document.get("height", 16),
    }
    return IconSet(
        prefix=document["prefix"],
        icons=document["icons"],
        aliases=document.get("aliases", {}),
        box=box,
        info=document.get("info", {}),
    )
