"""The user's preferences, stored in the JSON file `settings.json` in the data folder."""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import BadRequest, DeviceError, StorageError
from gdm_studio.common.json_reader import read_json
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.request.setting import Setting, settings_of

FILE = "settings.json"
FORMATS = {
    "png": QT_TRANSLATE_NOOP("Setting", "PNG"),
    "webp": QT_TRANSLATE_NOOP("Setting", "WebP, lossless"),
    "jpeg": QT_TRANSLATE_NOOP("Setting", "JPEG, smaller"),
}
# Languages of the window, by the names of Qt's locales. Each is shown in its own language.
LANGUAGES = {
    "system": QT_TRANSLATE_NOOP("Setting", "System language"),
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "ja": "日本語",
    "zh_CN": "简体中文",
}
THEMES = {
    "system": QT_TRANSLATE_NOOP("Setting", "Match system"),
    "dark": QT_TRANSLATE_NOOP("Setting", "Dark"),
    "light": QT_TRANSLATE_NOOP("Setting", "Light"),
}
# Named colours behind transparent images. The preference also accepts a colour such as "#ff8800".
CANVASES = {
    "checker": QT_TRANSLATE_NOOP("Setting", "Checkerboard"),
    "dark": QT_TRANSLATE_NOOP("Setting", "Dark"),
    "light": QT_TRANSLATE_NOOP("Setting", "Light"),
}
MAX_THREADS = 1024
# Locked during a change, since the window and the gallery's thread may change preferences at the same time.
_CHANGE_LOCK = threading.RLock()


def _check_text(word: str, value: Any) -> None:
    if not _is_valid_text(value):
        raise BadRequest(f"{word} must be text without control characters.")


def _check_pattern(word: str, value: Any) -> None:
    _check_text(word, value)
    if not value.strip():
        raise BadRequest(f"{word} must not be empty.")


def _check_folders(word: str, value: Any) -> None:
    if not all(isinstance(each, str) and _is_valid_text(each) for each in value):
        raise BadRequest(f"{word} must be a list of folders.")


def _check_remote_devices(word: str, value: Any) -> None:
    _check_text(word, value)
    if not value:
        return
    # Imported only for users of other computers, because the window reads the preferences before its first paint.
    from gdm_studio.common import remote_device

    try:
        remote_device.names_in(value)
    except DeviceError as error:
        raise BadRequest(error.sentence) from error


def _check_cluster(word: str, value: Any) -> None:
    if not value:
        return
    from gdm_studio.common import remote_device

    if not remote_device.is_cluster_address(value):
        raise BadRequest(f"{word} must be auto or HOST:PORT, such as 192.168.1.5:6379.")


def _check_canvas(word: str, value: Any) -> None:
    if value not in CANVASES and re.fullmatch("#[0-9a-f]{6}", value) is None:
        raise BadRequest(f"{word} must be one of {', '.join(CANVASES)}, or a colour such as #ff8800.")


_DAMAGED = QT_TRANSLATE_NOOP(
    "Errors", "The file of settings was damaged; it is kept as {file}, and replaced by what could be read."
)


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """The user's preferences, with their defaults. They include all settings except those of a single request."""

    # The folder of saved images; "" for the default folder.
    library: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Pictures folder"),
            summary=QT_TRANSLATE_NOOP("Setting", "Each picture is saved as a file in this folder."),
            checks=_check_text,
        ),
    ] = ""
    # The pattern for names of image files, without the suffix.
    name_pattern: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "File name"),
            summary=QT_TRANSLATE_NOOP("Setting", "Words in braces are replaced by the picture's settings."),
            checks=_check_pattern,
        ),
    ] = "{date} {prompt} {seed} {id}"
    format: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Format"),
            summary=QT_TRANSLATE_NOOP(
                "Setting",
                "The format of new pictures, which contain their settings. PNG and WebP are lossless, JPEG has no "
                "transparency.",
            ),
            choices=FORMATS,
        ),
    ] = "png"
    # The device of requests that do not name one.
    device: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Device"),
            summary=QT_TRANSLATE_NOOP("Setting", "Where pictures are made when the Create page says Automatic."),
            checks=_check_text,
        ),
    ] = "auto"
    # Devices on other computers, separated by commas, as `remote_device.names_in` reads them.
    remote_devices: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Other computers"),
            summary=QT_TRANSLATE_NOOP(
                "Setting",
                "Reached by ssh, such as gpubox or user@tower/cuda:1, with commas between them; each can be chosen as "
                "a device.",
            ),
            checks=_check_remote_devices,
        ),
    ] = ""
    # The command that starts GDM Studio on other computers.
    remote_program: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Program on other computers"),
            summary=QT_TRANSLATE_NOOP(
                "Setting", "The command that starts GDM Studio there, with its folder if needed."
            ),
            checks=_check_pattern,
        ),
    ] = "gdm-studio"
    # The address of a Ray cluster: "auto" or HOST:PORT, or "" for none.
    cluster: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Cluster"),
            summary=QT_TRANSLATE_NOOP(
                "Setting", "Address of a Ray cluster: auto for the cluster of this computer, or HOST:PORT."
            ),
            checks=_check_cluster,
        ),
    ] = ""
    # The number of CPU threads of a run; 0 for torch's default.
    threads: Annotated[
        int,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Threads"),
            0,
            MAX_THREADS,
            QT_TRANSLATE_NOOP("Setting", "Processor threads that a run uses; automatic is one for each core."),
        ),
    ] = 0
    # The memory that a model may use on each device, in gigabytes; 0 for automatic.
    memory_gb: Annotated[
        float,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Memory"),
            0.0,
            4096.0,
            QT_TRANSLATE_NOOP(
                "Setting",
                "Limit for models and images. A model that does not fit is read from the disk at each step, which is "
                "slower.",
            ),
        ),
    ] = 0.0
    # The maximum fraction of the time in which a run may compute.
    cpu_share: Annotated[
        float,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "CPU limit"),
            0.05,
            1.0,
            QT_TRANSLATE_NOOP(
                "Setting", "Below 100 % a run pauses between its steps, which leaves time for other programs."
            ),
        ),
    ] = 1.0
    # The fraction of a step's time that its preview may take.
    preview_share: Annotated[
        float,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Time for previews"),
            0.0,
            1.0,
            QT_TRANSLATE_NOOP("Setting", "Share of a step's time for the preview; a smaller share makes runs faster."),
        ),
    ] = 0.1
    keep_steps: Annotated[
        bool,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Keep the steps of pictures"),
            summary=QT_TRANSLATE_NOOP("Setting", "Steps can be viewed, compared and branched from later."),
        ),
    ] = True
    # The size limit of the steps of one image in megabytes. Large images may use more.
    steps_mb_each: Annotated[
        float,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Step cache per picture"),
            0.1,
            1024.0,
            QT_TRANSLATE_NOOP(
                "Setting",
                "Beyond this, some steps are recomputed on view. A large picture has room for at least thirty.",
            ),
        ),
    ] = 2.0
    # The size limit of the steps of all images in gigabytes.
    steps_gb: Annotated[
        float,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Room for steps"),
            0.1,
            10_000.0,
            QT_TRANSLATE_NOOP("Setting", "Beyond this the oldest steps are deleted; their pictures stay."),
        ),
    ] = 4.0
    language: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Language"),
            summary=QT_TRANSLATE_NOOP("Setting", "The language of the window, from the next start on."),
            choices=LANGUAGES,
        ),
    ] = "system"
    theme: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Theme"),
            summary=QT_TRANSLATE_NOOP("Setting", "Dark, light, or matching the system."),
            choices=THEMES,
        ),
    ] = "system"
    # Scale of the window, in addition to the desktop's scale.
    ui_scale: Annotated[
        float,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Interface size"),
            1.0,
            2.0,
            QT_TRANSLATE_NOOP("Setting", "Size of texts and buttons, from the next start on."),
        ),
    ] = 1.0
    canvas: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Canvas colour"),
            summary=QT_TRANSLATE_NOOP("Setting", "Shown behind transparent pictures; it is not saved with them."),
            checks=_check_canvas,
        ),
    ] = "checker"
    fast_drafts: Annotated[
        bool,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Use the fast version for Live and grids"),
            summary=QT_TRANSLATE_NOOP(
                "Setting",
                "Live, grids, sets and variations use it if the model has one and its settings are the defaults.",
            ),
        ),
    ] = True
    stacks: Annotated[
        bool,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Stack near-identical pictures in the gallery"),
            summary=QT_TRANSLATE_NOOP(
                "Setting", "Consecutive pictures that differ only in their seed, or look alike, are one tile."
            ),
        ),
    ] = False
    both_in_runs: Annotated[
        bool,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Show noisy and predicted during a run"),
            summary=QT_TRANSLATE_NOOP("Setting", "Both pictures of a step are side by side until the run ends."),
        ),
    ] = True
    notify: Annotated[
        bool,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Notify when done"),
            summary=QT_TRANSLATE_NOOP("Setting", "Shows a desktop notification if the window is in the background."),
        ),
    ] = True
    keep_awake: Annotated[
        bool,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Keep the machine awake"),
            summary=QT_TRANSLATE_NOOP("Setting", "The machine does not go to sleep while pictures are being made."),
        ),
    ] = True
    empty_bin_on_exit: Annotated[
        bool,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Deleted pictures to the trash on exit"),
            summary=QT_TRANSLATE_NOOP(
                "Setting",
                "Those that this window deleted; until then Undo restores them. Off: kept here for 30 days, as are "
                "pictures that other programs deleted or that cannot go to the trash.",
            ),
        ),
    ] = True
    # Folders and files of models, in addition to the models folder.
    model_folders: Annotated[
        tuple[str, ...],
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Model folders"),
            summary=QT_TRANSLATE_NOOP("Setting", "Models in these folders and their subfolders can be used."),
            checks=_check_folders,
        ),
    ] = ()
    # Whether models may be downloaded. Nothing else opens a connection through this.
    downloads: Annotated[
        bool,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Download models"),
            summary=QT_TRANSLATE_NOOP(
                "Setting",
                "Allows connections to huggingface.co, or to an address that you enter, while a model that you chose "
                "is downloaded.",
            ),
        ),
    ] = False

    @property
    def steps_budget(self) -> int:
        """Size limit of the saved denoising steps of an average image, in bytes. 0 disables saving."""
        return round(1e6 * self.steps_mb_each) if self.keep_steps else 0


# The settings by name, in the order of the fields.
SETTINGS = settings_of(Preferences, {})


def load() -> Preferences:
    """Load the user's preferences from their file. Missing, damaged or unknown values are replaced with their defaults.
    A damaged file is renamed and replaced.
    """
    try:
        return _load_and_repair()
    except StorageError:
        return Preferences()


def save(preferences: Preferences) -> None:
    """Write all of the user's preferences to their file. Raises StorageError."""
    atomic_files.make_folder(path().parent)
    atomic_files.write(path(), json.dumps(asdict(preferences), ensure_ascii=False, indent=1).encode())


def change(values: Mapping[str, Any]) -> None:
    """Change some of the user's preferences and save them. All others keep their value in the file. Raises
    StorageError.
    """
    with _CHANGE_LOCK:
        save(replace(_load_and_repair(), **values))


def path() -> Path:
    """Return the path of the JSON file that contains the user's preferences."""
    return paths.data_dir() / FILE


def pictures_dir() -> Path:
    """Return the library folder for new images: the user's choice or the default."""
    return Path(chosen) if (chosen := load().library) else paths.default_pictures_dir()


def is_valid(name: str, value: Any) -> bool:
    """Return True if a value from the preferences file is valid for the preference `name`."""
    setting: Setting = SETTINGS[name]
    try:
        setting.typed(value)
        setting.check(tuple(value) if isinstance(value, list) else value)
    except (BadRequest, ValueError):
        return False
    return True


def _load_and_repair() -> Preferences:
    """Load the user's preferences. If a value in the file is damaged, rename the file and write a new one if possible.
    Raises StorageError if the file exists but cannot be read.
    """
    with _CHANGE_LOCK:
        try:
            content = read_json(path())
        except StorageError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return Preferences()
            if error.__cause__ is not None:
                raise
            # The path is a pipe or a device.
            content = None
        except ValueError:
            content = None
        values = content if isinstance(content, dict) else {}
        known = [name for name in SETTINGS if name in values]
        valid = [name for name in known if is_valid(name, values[name])]
        loaded = Preferences(**{name: _from_json(name, values[name]) for name in valid})
        if values is not content or valid != known:
            with contextlib.suppress(StorageError):
                from gdm_studio.common import repair_log

                repair_log.rename_damaged(path(), _DAMAGED)
                save(loaded)
        return loaded


def _is_valid_text(value: str) -> bool:
    """Return True if a string in the preferences is usable in a path: it contains no NUL and can be encoded."""
    try:
        return "\0" not in value and bool(os.fsencode(value) or not value)
    except UnicodeEncodeError:
        return False


def _from_json(name: str, value: Any) -> Any:
    """Convert a JSON value to the type of the preference `name`: lists to tuples, and integers to
    floats where needed.
    """
    return type(SETTINGS[name].default)(value)
