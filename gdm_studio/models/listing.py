"""All models in the folders, each described once: again only when one of its files has changed."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from gdm_studio import __version__, paths, preferences
from gdm_studio.errors import ModelError
from gdm_studio.models.about import About, about
from gdm_studio.models.card import ModelCard
from gdm_studio.models.checkpoints import SHARD, Entry, Stamp, entries_in, is_settled, read_entry, stamp_of
from gdm_studio.models.families import Family
from gdm_studio.models.families.base import NotWhole
from gdm_studio.models.kept import Kept
from gdm_studio.models.notes import note_beside, read_note
from gdm_studio.models.typed import from_plain, to_plain
from gdm_studio.models.upscaler import FORMAT as UPSCALER

PART_OF = "part_of"  # in the header of a file that belongs to a model


@dataclass(frozen=True)
class Seen:
    """The files that something depends on, as they were when it was looked at."""

    stamps: tuple[tuple[str, Stamp | None], ...] = ()
    lasting: bool = False  # whether they had been still for long enough to be known by their stamps alone

    @classmethod
    def now(cls, files: Iterable[Path]) -> Seen:
        """These files as they are."""
        stamps = tuple((file, stamp_of(file)) for file in dict.fromkeys(map(str, files)))
        return cls(stamps, _settled(stamps))

    def and_of(self, other: Seen) -> Seen:
        """Both."""
        return Seen(tuple(dict.fromkeys((*self.stamps, *other.stamps))), self.lasting and other.lasting)

    def still_holds(self, stamp: Callable[[str], Stamp | None] = stamp_of) -> bool:
        """Whether the files are as they were, by their stamps, and will have others once they are changed."""
        same = bool(self.stamps) and all(stamp(file) == then for file, then in self.stamps)
        return same and (self.lasting or not _settled(self.stamps))


@dataclass(frozen=True)
class Described:
    """What is at a path: a model with its card, something that is none and why, or what models use, by `about.kind`.

    A model that is not whole has a reason and a kind. Files that are a part of one model have neither card nor reason
    nor kind.
    """

    path: str
    card: ModelCard | None = None
    reason: str = ""
    about: About = field(default_factory=About)
    note: str = ""  # the path of what lies beside it and tells more
    seen: Seen = field(default_factory=Seen)


class Listing:
    """Looks through the folders of the program, of people, and of the settings."""

    def __init__(self, families: Sequence[Family]) -> None:
        self._families = families
        self._kept = Kept("cards", _maker(families))
        self._known: dict[str, Described] | None = None
        self._lock = threading.Lock()

    def look(self) -> tuple[Described, ...]:
        """All that could be models, in an order that stays; those whose files are as they were are not opened."""
        with self._lock:
            before = self._known if self._known is not None else _restored(self._kept.load())
            stamp = cache(stamp_of)  # a part is looked at for itself, and for each model that it belongs to
            now = [self._at(path, before, stamp) for path in entries_in(_folders())]
            self._known = {each.path: each for each in now}
            lasting = {path: each for path, each in self._known.items() if each.seen.lasting}
            if lasting.keys() != before.keys() or any(each is not before[path] for path, each in lasting.items()):
                self._kept.save({path: to_plain(each) for path, each in lasting.items()})
            return tuple(now)

    def at(self, path: Path) -> Described:
        """What is at that path, in the folders or elsewhere."""
        return self._at(str(path), self._known or {}, stamp_of)

    def _at(self, path: str, before: dict[str, Described], stamp: Callable[[str], Stamp | None]) -> Described:
        known = before.get(path)
        note = note_beside(path, stamp)
        holds = known is not None and known.note == note and known.seen.still_holds(stamp)
        return known if known is not None and holds else self._described(Path(path), note)

    def _described(self, path: Path, note: str) -> Described:
        beside = [Path(note)] if note else []
        try:
            entry = read_entry(path)
            seen = Seen.now((path, *beside, *entry.files))
            told = about(entry, read_note(note)) if note else about(entry)
            card = self._card(entry)
        except NotWhole as error:
            return Described(str(path), None, str(error), replace(told, kind=f"{error.nearest}, not whole"), note, seen)
        except ModelError as error:
            return Described(str(path), reason=str(error))  # it may lie in a file that is missing: looked at each time
        if card is not None:
            card = _completed(card, told, Seen.now((path, *entry.files)))
            seen = Seen.now((path, *beside, *entry.files, *card.files))
            return Described(str(path), card, "", replace(told, kind=""), note, seen)
        reason = "" if told.kind or _is_part(entry) else _unknown(path)
        return Described(str(path), None, reason, told, note, seen)

    def _card(self, entry: Entry) -> ModelCard | None:
        family = next((family for family in self._families if family.matches(entry)), None)
        return replace(family.card(entry), family=family.name) if family is not None else None


def _completed(card: ModelCard, told: About, seen: Seen) -> ModelCard:
    """The card, with what the file says of itself where its family knows nothing, and else the day of the file."""
    written = max((stamp[0] for _, stamp in seen.stamps if stamp is not None), default=0) / 1e9
    known = {name: getattr(told, name) for name in ("title", "author", "licence", "summary", "date")}
    known["date"] = known["date"] or datetime.fromtimestamp(written, UTC).date().isoformat()
    return replace(card, **{name: text for name, text in known.items() if not getattr(card, name)})


def _settled(stamps: Iterable[tuple[str, Stamp | None]]) -> bool:
    return is_settled(stamp for _, stamp in stamps)


def _unknown(path: Path) -> str:
    if SHARD.search(path.name):
        return f"{path.name} is one of several files of a model without the index that goes with them; copy it too."
    return f"{path.name} is a model of a kind that is not known here; choose another model file."


def _is_part(entry: Entry) -> bool:
    return PART_OF in entry.metadata or entry.metadata.get("format") == UPSCALER


def _folders() -> list[Path]:
    others = map(Path, preferences.load().model_folders)
    return [Path(str(paths.resources())) / "models", paths.models_dir(), *others]


def _restored(facts: dict[str, Any]) -> dict[str, Described]:
    """What an earlier run kept, without what it cannot have written."""
    found = {}
    for path, fact in facts.items():
        with suppress(TypeError, ValueError, OverflowError):
            found[path] = from_plain(Described, fact)
    return found


def _maker(families: Sequence[Family]) -> str:
    """By which what another version of the program made of a file is told: its sources and its families."""
    sources = sorted(Path(__file__).parent.rglob("*.py"))
    told = (__version__, [family.name for family in families], [(path.name, stamp_of(path)) for path in sources])
    return hashlib.sha256(repr(told).encode()).hexdigest()
