"""Doctor: checks of versions, devices, folders, models and the gallery. Findings contain no private data."""

from __future__ import annotations

import os
import platform
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio import __version__, preferences
from gdm_studio.common import (
    atomic_files,
    crash_log,
    error_log,
    memory,
    paths,
    program_bundle,
    remote_device,
    repair_log,
    system_libraries,
)
from gdm_studio.common.errors import DeviceError, StorageError, StudioError
from gdm_studio.common.optional_packages import install_command, program_command
from gdm_studio.common.program_integrity import check_files
from gdm_studio.common.text_safety import escape_unsafe
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery

OK = "ok"
WARN = "warn"
BAD = "bad"
# Bytes of free disk space below which there is a warning, or an error.
LITTLE = 2e9
TOO_LITTLE = 200e6
# Bytes of memory below which there is a warning.
SMALL = 4e9
# Maximum number of logged errors that are shown.
ERRORS = 5
# Maximum number of files that a finding names.
FILES = 5
REINSTALL = QT_TRANSLATE_NOOP("Doctor", "Reinstall the program.")
REBUILD = QT_TRANSLATE_NOOP("Doctor", "Run `{command} gallery rebuild`; it does not change the images.")
# Message, state and advice for an index that is unusable but not damaged, by `DatabaseState`.
_INDEX_STATES = {
    "newer": (
        QT_TRANSLATE_NOOP("Doctor", "its index is of a newer version"),
        WARN,
        QT_TRANSLATE_NOOP("Doctor", "Use the newest version of the program on this computer."),
    ),
    "forbidden": (
        QT_TRANSLATE_NOOP("Doctor", "this user may not read its index"),
        WARN,
        QT_TRANSLATE_NOOP("Doctor", "Allow reading it, or start the program as its owner."),
    ),
    "busy": (
        QT_TRANSLATE_NOOP("Doctor", "its index is in use by another program"),
        WARN,
        QT_TRANSLATE_NOOP("Doctor", "Try again in a moment."),
    ),
    "unreachable": (
        QT_TRANSLATE_NOOP("Doctor", "its index cannot be checked now"),
        WARN,
        QT_TRANSLATE_NOOP("Doctor", "Check that its disk is connected and not full."),
    ),
}
# Optional packages and their extras.
EXTRAS = {"av": "video"}


@dataclass(frozen=True)
class Size:
    """Size in bytes, as a value of a finding."""

    count: int


@dataclass(frozen=True)
class Device:
    """English description of a device, such as "CPU · 2 threads", as a value of a finding."""

    description: str


# A string that needs no translation, a count, a size or a device.
Value = str | int | Size | Device


def format_value(value: Value) -> str:
    """Format a value of a finding in English."""
    if isinstance(value, Size):
        return memory.format_bytes(value.count)
    if isinstance(value, Device):
        return value.description
    return f"{value:,}" if isinstance(value, int) else value


@dataclass(frozen=True)
class Finding:
    """Result of a check. `state` is "ok", "warn" or "bad"; `remedy` says what to do unless the state is "ok".

    With `values`, `name`, `text` and `remedy` are templates, into which the values are inserted after translation.
    """

    name: str
    text: str
    state: str = OK
    remedy: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def value(self) -> str:
        """The measured value in English, such as "2 threads"."""
        return self.texts()[1]

    def texts(
        self, translate: Callable[[str], str] = str, format_value: Callable[[Value], str] = format_value
    ) -> tuple[str, str, str]:
        """Return the name, the measured value and the remedy, translated by `translate`, with the values in them
        written by `format_value`.
        """
        found = [translate(text) if text else "" for text in (self.name, self.text, self.remedy)]
        values = {name: format_value(value) for name, value in self.values.items()}
        name, value, remedy = (text.format(**values) for text in found) if values else found
        return name, value, remedy


def run_checks() -> list[Finding]:
    """Run all checks and return their findings. Imports torch (1–2 seconds) and opens the gallery."""
    from gdm_studio.gallery import Gallery

    gallery = Gallery.open()
    try:
        # The order matters: opening the gallery may repair it.
        of_the_gallery = [*check_gallery(gallery), *recent_repairs()]
        here = [
            *list_versions(),
            check_program_files(),
            *check_window(),
            *list_devices(),
            *check_folders(),
            *check_models(),
        ]
        return [*here, *of_the_gallery, *last_errors(), last_crash()]
    finally:
        gallery.close()


def report(findings: Iterable[Finding]) -> str:
    """Format the findings of the checks as lines of text, each with its state and, if needed, advice for the user."""
    marks = {OK: "ok  ", WARN: "note", BAD: "BAD "}
    lines = []
    for finding in findings:
        name, value, remedy = finding.texts()
        lines.append(f"{marks[finding.state]} {name}: {value}")
        if remedy:
            lines.append(f"     {remedy}")
    return "\n".join(map(escape_unsafe, lines))


def as_facts(findings: Sequence[Finding]) -> dict[str, object]:
    """Return the findings of the checks and the worst of their states as a JSON-compatible dictionary."""
    states = {finding.state for finding in findings}
    worst = next(state for state in (BAD, WARN, OK) if state in states or state == OK)
    facts = []
    for finding in findings:
        name, value, remedy = finding.texts()
        facts.append({"name": name, "value": value, "state": finding.state, "remedy": remedy})
    return {"state": worst, "findings": facts}


def list_versions() -> Iterator[Finding]:
    """Report the versions of the program, its packages and the system."""
    yield Finding("GDM Studio", __version__)
    yield Finding("Python", platform.python_version())
    for package in ("torch", "PySide6-Essentials", "numpy", "pillow"):
        yield _report_package(package)
    for package, extra in EXTRAS.items():
        if find_spec(package) is not None:
            text = QT_TRANSLATE_NOOP("Doctor", "{version}, for saving films as MP4")
            yield Finding(package, text, values={"version": _version_of(package)})
        elif command := install_command(extra):
            yield Finding(
                package,
                QT_TRANSLATE_NOOP("Doctor", "not installed; needed for saving films as MP4"),
                WARN,
                QT_TRANSLATE_NOOP("Doctor", "Install it with  {command}  if you want it."),
                {"command": command},
            )
        else:
            yield Finding(package, QT_TRANSLATE_NOOP("Doctor", "not in this bundle, which saves films as GIF or WebP"))
    system = f"{platform.system()} {platform.release()}, {platform.machine()}"
    yield Finding(QT_TRANSLATE_NOOP("Doctor", "System"), system)
    total = _total_memory()
    if total:
        tight = total < SMALL
        advice = QT_TRANSLATE_NOOP("Doctor", "Close other programs during a run, or choose smaller models.")
        name = QT_TRANSLATE_NOOP("Doctor", "Memory")
        state = WARN if tight else OK
        yield Finding(name, "{size}", state, advice if tight else "", values={"size": Size(total)})
    name = QT_TRANSLATE_NOOP("Doctor", "Processor")
    threads = QT_TRANSLATE_NOOP("Doctor", "{count} threads")
    yield Finding(name, threads, values={"count": os.cpu_count() or 1})


def check_program_files() -> Finding:
    """Compare the program's files with the hashes in the manifest of the bundle, or the list of the installed wheel.

    In a bundle, this reads 1 GB.
    """
    try:
        folder = program_bundle.running_bundle()
        check = check_files() if folder is None else program_bundle.check_bundle(folder)
    except (OSError, ValueError):
        return Finding("Program files", "the manifest of the bundle cannot be read", BAD, REINSTALL)
    if not check.count:
        return Finding("Program files", "a source tree, which has no list of hashes")
    if check.is_intact:
        return Finding("Program files", f"{check.count} files, as installed")
    named = [*check.changed, *check.missing, *check.added]
    more = f" and {len(named) - FILES} more" if len(named) > FILES else ""
    value = f"{len(named)} differ from what was installed: {', '.join(named[:FILES])}{more}"
    return Finding("Program files", value, BAD, REINSTALL)


def list_capabilities() -> list[Finding]:
    """Return statements about the program for security reviews: its use of the network, plugins, loading of model
    files, and integrity of its files.
    """
    settings = preferences.load()
    hosts = [remote_device.parse(name).host for name in remote_device.names_in(settings.remote_devices)]
    cluster = settings.cluster
    enabled = Finding(
        QT_TRANSLATE_NOOP("Capabilities", "Network"),
        QT_TRANSLATE_NOOP(
            "Capabilities",
            "Not used. The program opens no connection unless you add other computers, start its server or download "
            "a model.",
        ),
    )
    if places := [*hosts, *([cluster] if cluster else [])]:
        enabled = Finding(
            QT_TRANSLATE_NOOP("Capabilities", "Network"),
            QT_TRANSLATE_NOOP(
                "Capabilities",
                "Used by ssh or Ray for {hosts}, only while you generate there. No other connection is opened, except "
                "for downloads.",
            ),
            values={"hosts": ", ".join(dict.fromkeys(places))},
        )
    downloads = QT_TRANSLATE_NOOP("Capabilities", "Off. No model is downloaded.")
    if settings.downloads:
        downloads = QT_TRANSLATE_NOOP(
            "Capabilities",
            "Allowed. While a model that you chose is downloaded, a separate process connects to huggingface.co or "
            "to the address that you entered.",
        )
    check = check_files()
    if not check.count:
        files = QT_TRANSLATE_NOOP("Capabilities", "This is a source tree, which has no list of hashes.")
    elif check.is_intact:
        files = QT_TRANSLATE_NOOP("Capabilities", "All {count} have the hashes they were installed with.")
    else:
        files = QT_TRANSLATE_NOOP(
            "Capabilities", "Files that differ from what was installed: {different}. Reinstall the program."
        )
    different = len(check.changed) + len(check.missing) + len(check.added)
    return [
        Finding(
            QT_TRANSLATE_NOOP("Capabilities", "Plugins"),
            QT_TRANSLATE_NOOP("Capabilities", "None. The program runs its own code and that of its listed packages."),
        ),
        Finding(
            QT_TRANSLATE_NOOP("Capabilities", "Model files"),
            QT_TRANSLATE_NOOP("Capabilities", "Read as numbers and text. Code in a model file is never run."),
        ),
        enabled,
        Finding(QT_TRANSLATE_NOOP("Capabilities", "Downloads"), downloads),
        Finding(
            QT_TRANSLATE_NOOP("Capabilities", "Program files"),
            files,
            OK if check.is_intact else BAD,
            values={"count": check.count, "different": different},
        ),
    ]


def check_window() -> Iterator[Finding]:
    """Check whether a window can be opened: the screen, and on Linux the system libraries of Qt."""
    has_screen = system_libraries.has_screen(os.environ)
    # The window never shows this finding, so it is not translated.
    screen = "there is a screen" if has_screen else "no screen: neither DISPLAY nor WAYLAND_DISPLAY is set"
    problem = system_libraries.window_problem(os.environ if has_screen else {**os.environ, "DISPLAY": ":0"})
    advice = "Install the missing libraries; all verbs work without the window." if problem else ""
    yield Finding("Window", problem or screen, (BAD if has_screen else WARN) if problem else OK, advice)


def list_devices() -> Iterator[Finding]:
    """List the devices that can generate images. Imports torch."""
    try:
        import torch

        from gdm_studio.models.memory import devices as known
    except (ImportError, OSError) as error:
        name = QT_TRANSLATE_NOOP("Doctor", "Devices")
        text = QT_TRANSLATE_NOOP("Doctor", "torch cannot be loaded ({error})")
        yield Finding(name, text, BAD, REINSTALL, {"error": type(error).__name__})
        return
    names = known.available()
    for place, name in enumerate(names):
        values: dict[str, Value] = {"number": place + 1, "name": name, "device": Device(known.describe(name))}
        title = QT_TRANSLATE_NOOP("Doctor", "Device {number}")
        if name.startswith("cuda"):
            room = torch.cuda.get_device_properties(name).total_memory
            yield Finding(title, "{name}: {device}, {size}", values=values | {"size": Size(room)})
        else:
            yield Finding(title, "{name}: {device}", values=values)
    wanted = preferences.load().device
    try:
        known.device_names(wanted)
    except DeviceError:
        yield Finding(
            QT_TRANSLATE_NOOP("Doctor", "Chosen device"),
            QT_TRANSLATE_NOOP("Doctor", "{device} is missing"),
            WARN,
            QT_TRANSLATE_NOOP("Doctor", "Choose another device in the settings; until then the fastest is used."),
            {"device": wanted},
        )


def check_folders() -> Iterator[Finding]:
    """Check that the program's folders are writable, that their disks have enough free space, and that the user's model
    folders exist.
    """
    from gdm_studio.models.files.checkpoints import is_weights_name

    folders = {
        QT_TRANSLATE_NOOP("Doctor", "Pictures folder"): preferences.pictures_dir(),
        QT_TRANSLATE_NOOP("Doctor", "Data folder"): paths.data_dir(),
        QT_TRANSLATE_NOOP("Doctor", "Cache folder"): paths.cache_dir(),
    }
    for name, folder in folders.items():
        yield _check_place(name, folder)
    yield Finding(QT_TRANSLATE_NOOP("Doctor", "Wildcards"), paths.display_path(paths.wildcards_dir()))
    yield Finding(QT_TRANSLATE_NOOP("Doctor", "Presets"), paths.display_path(paths.presets_dir()))
    for folder in (paths.models_dir(), *map(Path, preferences.load().model_folders)):
        missing = folder != paths.models_dir() and not folder.exists()
        advice = QT_TRANSLATE_NOOP("Doctor", "Connect its disk, or remove it in the settings.")
        name = QT_TRANSLATE_NOOP("Doctor", "Model folder")
        # A single file can be added too.
        if is_weights_name(folder.name) and not folder.is_dir():
            name = QT_TRANSLATE_NOOP("Doctor", "Model file")
        yield Finding(name, paths.display_path(folder), WARN if missing else OK, advice if missing else "")


def check_models() -> Iterator[Finding]:
    """Report the number of built-in and user-added models and of the user's add-ons, and the model files that cannot
    be used. Model names are omitted, because they may be private.
    """
    from gdm_studio.models.model_library import Library

    library = Library()
    cards = library.cards()
    built_in = [card for card in cards if card.path is not None and paths.is_shipped(card.path)]
    name = QT_TRANSLATE_NOOP("Doctor", "Models")
    if cards:
        values: dict[str, Value] = {"shipped": len(built_in), "own": len(cards) - len(built_in)}
        text = QT_TRANSLATE_NOOP("Doctor", "{shipped} built in, {own} of your own")
        lines = library.model_table()
        if added := sum(line.card is None and not paths.is_shipped(line.path) for line in lines):
            values["added"] = added
            text = QT_TRANSLATE_NOOP(
                "Doctor", "{shipped} built in, {own} of your own; LoRAs, VAEs and other parts of your own: {added}"
            )
        yield Finding(name, text, values=values)
    else:
        advice = QT_TRANSLATE_NOOP("Doctor", "Reinstall the program, or put a model into the models folder.")
        yield Finding(name, QT_TRANSLATE_NOOP("Doctor", "none"), BAD, advice)
    # A missing file that was added by itself is reported by `check_folders`.
    for one in (each for each in library.refused() if os.path.lexists(each.path)):
        name = QT_TRANSLATE_NOOP("Doctor", "Model file")
        text = QT_TRANSLATE_NOOP("Doctor", "{path} cannot be used")
        yield Finding(name, text, WARN, "{reason}", {"path": paths.display_path(one.path), "reason": one.reason})


def check_gallery(gallery: Gallery) -> Iterator[Finding]:
    """Count the images in the gallery and check its index for damage. This must run on the gallery's own thread."""
    from gdm_studio.gallery.storage.integrity import DatabaseState, state_of

    name = QT_TRANSLATE_NOOP("Doctor", "Gallery")
    found = state_of(gallery.index_path)
    values: dict[str, Value] = {"command": program_command()}
    try:
        count = gallery.count(fill=False)
    except StudioError as error:
        if found in (DatabaseState.SOUND, DatabaseState.MISSING):
            reason = QT_TRANSLATE_NOOP("Doctor", "cannot be opened")
            yield Finding(name, reason, BAD, "{reason}", {"reason": str(error)})
        elif found is DatabaseState.DAMAGED:
            yield Finding(name, QT_TRANSLATE_NOOP("Doctor", "its index cannot be read"), BAD, REBUILD, values)
        else:
            yield Finding(name, *_INDEX_STATES[found])
        return
    values["count"] = count
    if found in (DatabaseState.SOUND, DatabaseState.MISSING):
        sound = QT_TRANSLATE_NOOP("Doctor", "1 image, index sound")
        several = QT_TRANSLATE_NOOP("Doctor", "{count} images, index sound")
        yield Finding(name, sound if count == 1 else several, values=values)
    elif found is DatabaseState.DAMAGED:
        damaged = QT_TRANSLATE_NOOP("Doctor", "1 image, index damaged")
        several = QT_TRANSLATE_NOOP("Doctor", "{count} images, index damaged")
        yield Finding(name, damaged if count == 1 else several, BAD, REBUILD, values=values)
    else:
        yield Finding(name, *_INDEX_STATES[found])
    size = gallery.steps.total_size()
    yield Finding(QT_TRANSLATE_NOOP("Doctor", "Recorded steps"), "{size}", values={"size": Size(size)})


def recent_repairs() -> Iterator[Finding]:
    """List the damaged files that the program has repaired in the last 30 days."""
    for each in repair_log.recent(paths.data_dir()):
        day = time.strftime("%Y-%m-%d", time.localtime(each.moment))
        yield Finding("Repaired", f"{day}: {each.sentence}", WARN, "Check whether anything is missing; check the disk.")


def last_errors() -> Iterator[Finding]:
    """List the last errors in the error log."""
    for line in error_log.last_lines(ERRORS):
        advice = QT_TRANSLATE_NOOP("Doctor", "Report it to the developers, with this report.")
        yield Finding(QT_TRANSLATE_NOOP("Doctor", "Error"), line, WARN, advice)
    if not error_log.last_lines(1):
        yield Finding(QT_TRANSLATE_NOOP("Doctor", "Errors"), QT_TRANSLATE_NOOP("Doctor", "none so far"))


def last_crash() -> Finding:
    """Report the newest recorded crash with the first lines of its stack trace. If there is none, report the folder in
    which crashes would be recorded.
    """
    crash = crash_log.last_crash()
    if crash is None:
        name = QT_TRANSLATE_NOOP("Doctor", "Crashes")
        text = QT_TRANSLATE_NOOP("Doctor", "none recorded in {folder}")
        return Finding(name, text, values={"folder": paths.display_path(crash_log.folder())})
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(crash.moment))
    return Finding(
        QT_TRANSLATE_NOOP("Doctor", "Last crash"),
        "{crash}",
        WARN,
        QT_TRANSLATE_NOOP("Doctor", "Report it to the developers, with {file}."),
        {"crash": f"{moment}, {crash.program}: {' | '.join(crash.lines)}", "file": paths.display_path(crash.path)},
    )


def _report_package(name: str) -> Finding:
    found = _version_of(name)
    if found:
        return Finding(name, found)
    return Finding(name, QT_TRANSLATE_NOOP("Doctor", "not installed"), BAD, REINSTALL)


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _total_memory() -> int:
    """Return the total memory of this machine in bytes, or 0 if unknown."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def _check_place(name: str, folder: Path) -> Finding:
    values: dict[str, Value] = {"folder": paths.display_path(folder)}
    there = next((place for place in (folder, *folder.parents) if place.is_dir()), None)
    if there is None:
        return Finding(
            name,
            QT_TRANSLATE_NOOP("Doctor", "{folder}: missing"),
            BAD,
            QT_TRANSLATE_NOOP("Doctor", "Connect its disk, or choose another folder in the settings."),
            values,
        )
    try:
        atomic_files.check_writable(there)
        free = shutil.disk_usage(there).free
    except (StorageError, OSError):
        return Finding(
            name,
            QT_TRANSLATE_NOOP("Doctor", "{folder}: cannot be written to"),
            BAD,
            QT_TRANSLATE_NOOP("Doctor", "Allow writing there, or choose another folder."),
            values,
        )
    state = BAD if free < TOO_LITTLE else WARN if free < LITTLE else OK
    advice = QT_TRANSLATE_NOOP("Doctor", "Free some space on this disk.") if state != OK else ""
    text = QT_TRANSLATE_NOOP("Doctor", "{folder}, {size} free")
    return Finding(name, text, state, advice, values | {"size": Size(free)})
