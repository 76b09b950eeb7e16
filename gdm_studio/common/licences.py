"""Licences of the program, its dependencies, and the other parts of a bundle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from gdm_studio import __version__
from gdm_studio.common import program_bundle
from gdm_studio.common.program_bundle import PARTS, TEXTS

OWN = "GDM Studio"
_OWN_FILES = ("LICENSE", "NOTICE")
_FILE_NAME = re.compile("licen[cs]e|copying|copyright|notice|authors", re.IGNORECASE)
_CLASSIFIER = re.compile(r"License :: (?:OSI Approved :: )?(.+)")
# Names in classifiers of packages that have neither a licence expression nor a licence text.
_SPDX = {"Apache Software License": "Apache-2.0"}
# Maximum number of bytes of a licence text, and of all texts of a part. Longer texts are not shown.
_MAX_BYTES = 2**20
_MAX_TOTAL = 8 * 2**20


@dataclass(frozen=True)
class Licence:
    """Licence of the program, a dependency or another part of a bundle, with the files that contain its text."""

    name: str
    version: str
    # Licence expression or name, or "" if only the licence text states it.
    licence: str
    # Files with the licence text, or () if only the name is known.
    files: tuple[Path, ...] = ()

    def text(self) -> str:
        """Read the files with the licence texts of this part, and return them joined. Takes milliseconds."""
        texts = []
        left = _MAX_TOTAL
        for path in self.files:
            try:
                with path.open("rb") as file:
                    content = file.read(min(_MAX_BYTES, left))
            except OSError:
                continue
            left -= len(content)
            texts.append(content.decode(errors="replace").replace("\0", "").replace("\f", "\n").strip("\n"))
        return ("\n\n" + "─" * 40 + "\n\n").join(texts)


def licences() -> list[Licence]:
    """Return the licences of the program and then of its dependencies, read from package metadata.

    In a source tree these are all installed packages, including development tools.
    """
    root = program_bundle.running_bundle()
    # A package that was removed in part may have no metadata, and then it has no name.
    found = {_normalise(each.name): each for each in distributions() if "Name" in each.metadata}
    own = found.pop("gdm-studio", None)
    own_files = _find_texts(own) if own is not None else ()
    # An editable installation may have no copy of the texts.
    beside = Path(__file__).resolve().parents[2]
    own_files = own_files or tuple(filter(Path.is_file, (beside / name for name in _OWN_FILES)))
    common = {"Apache-2.0": own_files[0]} if own_files else {}
    if root is not None:
        common |= {path.stem: path for path in sorted((root / TEXTS).glob("*.txt"))}
    others = [_read_licence(each, common) for each in found.values()]
    if root is not None:
        others += [Licence(path.stem, "", "", (path,)) for path in sorted((root / PARTS).glob("*.txt"))]
    return [
        Licence(OWN, __version__, "Apache-2.0", own_files),
        *sorted(others, key=lambda each: each.name.lower()),
    ]


def _read_licence(package: Distribution, common: dict[str, Path]) -> Licence:
    licence = _read_expression(package)
    files = _find_texts(package)
    if not files:
        files = tuple(common[name] for name in dict.fromkeys(_iter_names(licence)) if name in common)
    return Licence(package.name, package.version, licence, files)


def _read_expression(package: Distribution) -> str:
    """Return the licence of a Python package, taken from its metadata: the licence expression, a short licence field,
    or the classifiers.
    """
    metadata = package.metadata
    for field in ("License-Expression", "License"):
        text = str(metadata[field] or "") if field in metadata else ""
        if text and "\n" not in text and len(text) <= 200:
            return text
    classifiers = (_CLASSIFIER.fullmatch(str(each)) for each in metadata.get_all("Classifier", []))
    return ", ".join(_SPDX.get(each[1], each[1]) for each in classifiers if each)


def _find_texts(package: Distribution) -> tuple[Path, ...]:
    """Return the files with licence texts in the metadata folder of a Python package."""
    texts = (
        file
        for file in package.files or ()
        if file.parts[0].endswith(".dist-info")
        and (_FILE_NAME.search(file.name) or file.parts[1:2] == ("licenses",))
        and file.suffix not in (".py", ".pyc")
    )
    paths = (Path(str(file.locate())) for file in sorted(texts))
    return tuple(filter(Path.is_file, paths))


def _iter_names(expression: str) -> Iterator[str]:
    """Yield the licence ids in an SPDX licence expression, without "or later" suffixes and exceptions."""
    for word in re.findall(r"[\w.+-]+", expression):
        yield word.removesuffix("-only").removesuffix("-or-later")


def _normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
