"""Scanner of the models folders, which rereads a file only if it has changed."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path

from gdm_studio import __version__, preferences
from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.common.optional_packages import install_command
from gdm_studio.common.translation_markers import Sentence, translatable
from gdm_studio.models.adapters.adapter_detection import BASES, FAMILIES, stated_kind, unsupported_error
from gdm_studio.models.dataclass_json import from_json, to_json
from gdm_studio.models.families import Family
from gdm_studio.models.families.base import IncompleteModel
from gdm_studio.models.families.shared_parts.part_layout import has_only_parts, parts_of
from gdm_studio.models.files.checkpoints import SHARD, Entry, Stamp, find_entries, is_settled, read_entry, stamp_of
from gdm_studio.models.files.civitai_info import find_note, read_note
from gdm_studio.models.files.clip_words import tokenizer_files
from gdm_studio.models.files.header import unreadable_error
from gdm_studio.models.files.json_cache import JsonCache
from gdm_studio.models.files.recognition import (
    CONTROLS,
    IDEOGRAM_4,
    LANGUAGE,
    TEXT,
    TRANSFORMER,
    UPSCALER,
    VISION,
    Recognised,
    component_prefix,
    control_kind,
    recognise,
    recognise_class,
)
from gdm_studio.models.files.sidecars import find_sidecars
from gdm_studio.models.files.stated_configuration import SCHEDULER, StatedValueError, configuration_paths
from gdm_studio.models.installed.description import ADAPTERS, TEXT_ENCODER, Description, describe_entry
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.required_parts import FoundPart
from gdm_studio.models.upscalers.architecture_detection import (
    EXTRA,
    check_numbers,
    has_package,
    upscaler_layout,
    without_package,
)
from gdm_studio.models.upscalers.built_in_upscaler import FORMAT as BUILT_IN_UPSCALER

# Metadata key of a file that belongs to a model.
PART_OF = "part_of"
# Kinds of files with parts that other models can use.
PARTS = (TEXT, LANGUAGE, VISION, "VAE")
# Shortest time between two reports of a long scan.
REPORT_SECONDS = 1.0
# Maximum number of files and folders outside the models folders whose results are remembered.
MOST_OUTSIDE = 64


@dataclass(frozen=True)
class FileStamps:
    """Sizes and modification times of the files from which a scan entry was read. They show whether the entry is
    outdated.
    """

    stamps: tuple[tuple[str, Stamp | None], ...] = ()
    # True if the files were old enough for any later change to alter their stamps.
    lasting: bool = False

    @classmethod
    def now(cls, files: Iterable[Path], optional: Iterable[Path] = ()) -> FileStamps:
        """Create the stamps of the given files from their current sizes and modification times. Files in `optional`
        need not exist.
        """
        required = {file: stamp_of(file) for file in map(str, files)}
        stamps = required | {file: stamp_of(file) for file in map(str, optional)}
        return cls(tuple(stamps.items()), None not in required.values() and _are_settled(stamps.items()))

    def combined_with(self, other: FileStamps) -> FileStamps:
        """Combine the stamps of two scan entries, for an entry that depends on the files of both."""
        return FileStamps(tuple(dict.fromkeys((*self.stamps, *other.stamps))), self.lasting and other.lasting)

    def is_current(self, stamp: Callable[[str], Stamp | None] = stamp_of) -> bool:
        """Return True if none of the files has changed since its stamp was taken.

        Files written just before the scan count as changed, because a later write may produce the same stamp.
        """
        same = bool(self.stamps) and all(stamp(file) == then for file, then in self.stamps)
        return same and (self.lasting or not _are_settled(self.stamps))


@dataclass(frozen=True)
class ScannedEntry:
    """Result of scanning one file or folder: a model, an add-on, or a file that cannot be used.

    A model has a card, an add-on has `about.kind`, and an unusable file has a reason. An incomplete model has a reason
    and a kind. A file that is part of a model has none of these.
    """

    path: str
    card: ModelCard | None = None
    reason: str | Sentence = ""
    about: Description = field(default_factory=Description)
    # Text encoders and VAEs in the file or folder that other models can use.
    parts: tuple[FoundPart, ...] = ()
    # Paths of the note and the configurations that existed beside the file.
    beside: tuple[str, ...] = ()
    seen: FileStamps = field(default_factory=FileStamps)
    # Path of the listed file with the same name and content, which is used instead of this one.
    duplicate_of: str = ""


class FolderScanner:
    """Scanner that detects models and add-ons in the folder of built-in models, the user's models folder, and the
    folders in the preferences.
    """

    def __init__(self, families: Sequence[Family]) -> None:
        self._families = families
        self._cache = JsonCache("cards", _scanner_hash(families))
        self._known_entries: dict[str, ScannedEntry] | None = None
        # The results of single files and folders outside the models folders.
        self._outside_entries: dict[str, ScannedEntry] = {}
        # The content of the cache file.
        self._cached_entries: dict[str, ScannedEntry] = {}
        self._lock = threading.Lock()

    def restore(self) -> tuple[ScannedEntry, ...]:
        """Return the built-in models and the saved results of the last scan, without opening files in the user's
        folders.
        """
        with self._lock:
            before = self._load_last_scan()
            built_in, *others = _model_folders()
            found = [self._scan_path(path, before, stamp_of) for path in find_entries([built_in])]
            mine = [each for path, each in before.items() if any(map(Path(path).is_relative_to, others))]
            self._known_entries = {each.path: each for each in (*found, *mine)}
            return (*found, *mine)

    def scan(
        self, report: Callable[[tuple[ScannedEntry, ...]], object] = lambda found: None
    ) -> tuple[ScannedEntry, ...]:
        """Scan all models folders and return one entry for each model, add-on and unusable file, in a stable order.

        Unchanged files are not opened. During the scan, `report` is called occasionally with all entries: new results
        where available, otherwise the previous ones.
        """
        with self._lock:
            before = self._load_last_scan()
            stamp = cache(stamp_of)  # a part is checked on its own, and again for each model that contains it
            places = list(find_entries(_model_folders()))
            now: list[ScannedEntry] = []
            progress = _ReportTimer()
            for path in places:
                now.append(self._scan_path(path, before, stamp))
                if now[-1] is not before.get(path) and progress.count_entry():
                    report((*now, *(before[later] for later in places[len(now) :] if later in before)))
            self._known_entries = {each.path: each for each in now}
            lasting = {path: each for path, each in self._known_entries.items() if each.seen.lasting}
            cached = self._cached_entries
            if lasting.keys() != cached.keys() or any(each is not cached[path] for path, each in lasting.items()):
                self._cache.save({path: to_json(each) for path, each in lasting.items()})
                self._cached_entries = lasting
            return tuple(now)

    def _load_last_scan(self) -> dict[str, ScannedEntry]:
        if self._known_entries is None:
            self._known_entries = self._cached_entries = dict(_restore_entries(self._cache, self._cache.content()))
        return self._known_entries

    def scan_entry(self, path: Path) -> ScannedEntry:
        """Scan the single file or folder at a path, inside or outside the models folders.

        Its result is remembered until the file changes.
        """
        name = str(path)
        if self._known_entries is not None and name in self._known_entries:
            return self._scan_path(name, self._known_entries, stamp_of)
        found = self._scan_path(name, self._outside_entries, stamp_of)
        if found.card is not None or found.seen.lasting:
            self._outside_entries[name] = found
            while len(self._outside_entries) > MOST_OUTSIDE:
                self._outside_entries.pop(next(iter(self._outside_entries)))
        return found

    def _scan_path(
        self, path: str, before: dict[str, ScannedEntry], stamp: Callable[[str], Stamp | None]
    ) -> ScannedEntry:
        known = before.get(path)
        note = find_note(path, stamp)
        beside = tuple(filter(None, (note, *map(str, find_sidecars(Path(path), stamp)))))
        holds = known is not None and known.beside == beside and known.seen.is_current(stamp)
        return known if known is not None and holds else self._read_model(Path(path), note, beside)

    def _read_model(self, path: Path, note: str, beside: tuple[str, ...]) -> ScannedEntry:
        try:
            entry = read_entry(path)
        except ModelError as error:
            return _create_refused_entry(path, error, beside, tuple(configuration_paths([path])))
        found = self._describe_weights(path, entry, note, beside)
        if not found.reason or found.card is not None:
            return found
        # Packed weights have shapes that fit no network, so an unsupported format is reported instead of other flaws.
        for file, header in entry.headers.items():
            for kind in header.unreadable.values():
                return replace(found, reason=unreadable_error(file, kind).sentence)
        return found

    def _describe_weights(self, path: Path, entry: Entry, note: str, beside: tuple[str, ...]) -> ScannedEntry:
        around = tuple(map(Path, beside))
        # These may be copied after the weights.
        configurations = (
            *configuration_paths([path, *entry.weights]),
            entry.folder / SCHEDULER,
            *tokenizer_files(entry.weights),
        )
        foreign: Recognised | None = None
        try:
            seen = FileStamps.now((path, *around, *entry.files), configurations)
            description = describe_entry(entry, read_note(note)) if note else describe_entry(entry)
            foreign = recognise_class(entry)
            _check_one_file(entry)
            # The tensors of a VAE for videos may have the names of one for pictures.
            parts = () if foreign else _find_usable_parts(entry)
            if not _is_part(entry) and (found := _recognise_unsupported(entry, description)):
                if foreign and not foreign.is_called(found):
                    found = foreign
                about_it = replace(description, kind=found.kind, base=found.base)
                if parts and found.kind in PARTS:
                    about_it = replace(about_it, kind=TEXT if found.kind == LANGUAGE else found.kind)
                    return ScannedEntry(str(path), None, "", about_it, parts, beside, seen)
                if found.kind == UPSCALER and found.name:
                    return replace(_describe_upscaler(entry, found, about_it), beside=beside, seen=seen)
                if not any(found.name in family.recognised for family in self._families):
                    return ScannedEntry(str(path), None, found.sentence(path.name), about_it, (), beside, seen)
            card = self._create_card(entry, description)
        except IncompleteModel as error:
            if foreign is not None:
                return _refuse_class(path, foreign, description, beside, seen)
            unfinished = replace(description, kind=f"{error.nearest}, not whole")
            return ScannedEntry(str(path), None, error.sentence, unfinished, (), beside, seen)
        except ModelError as error:
            if foreign is not None and not isinstance(error, StatedValueError) and _is_content_error(error):
                return _refuse_class(path, foreign, description, beside, seen)
            return _create_refused_entry(path, error, beside, configurations)
        if card is not None:
            card = _complete_card(card, description, FileStamps.now((path, *entry.files)))
            seen = FileStamps.now((path, *around, *entry.files, *card.files), configurations)
            # Parts are not taken from a single file of a whole model, since its parts may be fine-tuned together.
            shared = parts if path.is_dir() else ()
            return ScannedEntry(str(path), card, "", replace(description, kind=""), shared, beside, seen)
        if not description.kind and parts and has_only_parts(entry, parts_of(entry)):
            kinds = {part.kind for part in parts}
            if kinds == {"ideogram4"}:
                # The unconditional transformer, which is no model without the other one.
                description = replace(description, kind=TRANSFORMER, base=IDEOGRAM_4)
            else:
                description = replace(description, kind="VAE" if kinds == {"vae"} else TEXT)
        if foreign is not None and description.kind in ("", "VAE"):
            return _refuse_class(path, foreign, description, beside, seen)
        reason = "" if description.kind or _is_part(entry) else _unknown_reason(path)
        return ScannedEntry(str(path), None, reason, description, parts, beside, seen)

    def _create_card(self, entry: Entry, description: Description) -> ModelCard | None:
        if description.kind in CONTROLS:
            for each in self._families:
                if description.base in each.control_bases:
                    each.check_control(entry)
            return None
        family = next((family for family in self._families if family.matches(entry)), None)
        return replace(family.card(entry), family=family.name) if family is not None else None


class _ReportTimer:
    """Timer that decides when a scan reports its progress, so that the reports take at most as much time as the scan
    itself.
    """

    def __init__(self) -> None:
        self._read_count = 0
        self._reported_count = 0
        self._last_report = time.monotonic()

    def count_entry(self) -> bool:
        """Count one scanned entry, and return True if a progress report is due."""
        self._read_count += 1
        now = time.monotonic()
        if self._read_count < 1.25 * self._reported_count and now - self._last_report < REPORT_SECONDS:
            return False
        self._reported_count = self._read_count
        self._last_report = now
        return True


def _is_content_error(error: ModelError) -> bool:
    """Return True if `read_header` failed because the file's content is invalid, and False for a disk or memory error.
    Only failures of the first kind are cached.
    """
    return not isinstance(error.__cause__, OSError | StorageError | MemoryError)


def _complete_card(card: ModelCard, description: Description, seen: FileStamps) -> ModelCard:
    """Fill the empty fields of a model card, such as title and author, from the file's metadata. A missing date is
    taken from the file's modification time.
    """
    written = max((stamp[0] for _, stamp in seen.stamps if stamp is not None), default=0) / 1e9
    known = {name: getattr(description, name) for name in ("title", "author", "licence", "summary", "date")}
    known["date"] = known["date"] or datetime.fromtimestamp(written, UTC).date().isoformat()
    return replace(card, **{name: text for name, text in known.items() if not getattr(card, name)})


def _are_settled(stamps: Iterable[tuple[str, Stamp | None]]) -> bool:
    """Return True if the existing files among those with these stamps were last modified long ago."""
    return is_settled(stamp for _, stamp in stamps if stamp is not None)


def _unknown_reason(path: Path) -> str:
    if SHARD.search(path.name):
        return f"{path.name} is one of several files of a model, whose index file is missing; copy it too."
    with suppress(ModelError):
        if kind := stated_kind(path):
            return unsupported_error(path, kind).sentence
    return translatable("{name} is not a supported kind of model; choose another model file.", name=path.name)


def _describe_upscaler(entry: Entry, found: Recognised, description: Description) -> ScannedEntry:
    """Return the scan result for an upscaler file. It has a reason if the upscaler requires a package that is not
    installed. Raises ModelError.
    """
    file = entry.path.name
    try:
        layout = upscaler_layout({name: s for each in entry.headers.values() for name, s in each.shapes.items()}, file)
        check_numbers(entry.headers.items(), layout)
    except ModelError as error:
        raise IncompleteModel(error.sentence, UPSCALER) from error
    reason = "" if layout.config is not None or has_package() else without_package(file, found.name)
    summary = description.summary or layout.summary
    return ScannedEntry(str(entry.path), None, reason, replace(description, summary=summary))


def _create_refused_entry(
    path: Path, error: ModelError, beside: tuple[str, ...], configurations: tuple[Path, ...]
) -> ScannedEntry:
    """Return the entry of a file that cannot be used. `configurations` are files that may be copied after the weights.

    The cause may be a missing file or the disk. Unless this file's content is at fault, it is read again next time.
    """
    is_at_fault = _is_content_error(error) and path.is_file()
    seen = FileStamps.now((path, *map(Path, beside)), configurations) if is_at_fault else FileStamps()
    return ScannedEntry(str(path), reason=error.sentence, beside=beside, seen=seen)


def _refuse_class(
    path: Path, found: Recognised, description: Description, beside: tuple[str, ...], seen: FileStamps
) -> ScannedEntry:
    """Return the entry of an unsupported network that is known by the class in its configuration."""
    about_it = replace(description, kind=found.kind, base=found.base)
    return ScannedEntry(str(path), None, found.sentence(path.name), about_it, (), beside, seen)


def _find_usable_parts(entry: Entry) -> tuple[FoundPart, ...]:
    """Return the text encoders and VAEs in a file or folder that a supported model can use. Raises StatedValueError if
    one states that it is computed in another way.
    """
    try:
        return tuple(dict.fromkeys(part.found for part in parts_of(entry) if part.found.is_usable))
    except StatedValueError:
        raise
    except ModelError:
        return ()


def _recognise_unsupported(entry: Entry, description: Description) -> Recognised | None:
    """Recognise, by its tensors, an unsupported model or add-on. Returns None for Stable Diffusion and for unknown
    files.
    """
    if description.kind == TEXT_ENCODER or description.kind in CONTROLS:
        return None
    if description.kind not in ADAPTERS:
        return recognise(entry)
    if description.base in ("", *BASES.values(), *FAMILIES.values()):
        return None
    return Recognised(description.kind, f"for {description.base}", description.parameters)


def _check_one_file(entry: Entry) -> None:
    """Raise ModelError for a ControlNet in several files."""
    headers = [header for file, header in entry.headers.items() if not component_prefix(file)]
    shapes = {name: shape for header in headers for name, shape in header.shapes.items()}
    kind, base = control_kind(shapes) if entry.kind != "file" and shapes else ("", "")
    if kind:
        name = entry.path.name
        raise ModelError(f"{name} is a {kind} for {base} in several files, which is not supported; save it in one.")


def _is_part(entry: Entry) -> bool:
    return PART_OF in entry.metadata or entry.metadata.get("format") == BUILT_IN_UPSCALER


def _model_folders() -> list[Path]:
    others = map(Path, preferences.load().model_folders)
    return [Path(str(paths.resources())) / "models", paths.models_dir(), *others]


@lru_cache(maxsize=2)
def _restore_entries(cache: JsonCache, content: bytes) -> Mapping[str, ScannedEntry]:
    """Convert the cached results of the last scan from JSON, skipping malformed ones.

    The results of equal content are shared by all libraries of the process, so callers must not change them. The
    vocabulary of the built-in models alone is a megabyte of JSON, which takes 30 ms to read.
    """
    found = {}
    for path, fact in cache.facts(content).items():
        with suppress(TypeError, ValueError, OverflowError):
            found[path] = from_json(ScannedEntry, fact)
    return found


def _scanner_hash(families: Sequence[Family]) -> str:
    """Return a hash of the scanner's code: the version and sources of this package, the model families and the upscaler
    package, with the advice to install it. If the hash changes, cached scan results are invalid.
    """
    identity = (
        __version__,
        has_package() or install_command(EXTRA),
        [family.name for family in families],
        _read_source_stamps(),
    )
    return hashlib.sha256(repr(identity).encode()).hexdigest()


@cache
def _read_source_stamps() -> tuple[tuple[str, Stamp | None], ...]:
    """Return the names and stamps (size and modification time) of this package's source files. They are read only once,
    because the loaded code does not change.
    """
    return tuple((path.name, stamp_of(path)) for path in sorted(Path(__file__).parents[1].rglob("*.py")))
