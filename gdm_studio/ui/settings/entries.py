"""Sections of the settings page. Each preference defines its own title, help text and choices."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.preferences import CANVASES, SETTINGS
from gdm_studio.ui.translation import number_text, translate

# Titles of the last sections, which have no settings.
CAPABILITIES = QT_TRANSLATE_NOOP("SettingsPage", "Permissions")
ABOUT = QT_TRANSLATE_NOOP("SettingsPage", "About this computer")
# A value and its title.
Option = tuple[Any, str]


@dataclass(frozen=True)
class Entry:
    """Preference that the Settings page shows, identified by its name.

    `values` are the values to choose from if the preference defines no choices. With `needs_restart`, a change takes
    effect at the next start of the program.
    """

    name: str
    values: Sequence[Any] = ()
    needs_restart: bool = False

    @property
    def title(self) -> str:
        return translate("Setting", self.english_title)

    @property
    def english_title(self) -> str:
        return SETTINGS[self.name].title

    @property
    def sentence(self) -> str:
        """Translated help text of the preference."""
        return translate("Setting", SETTINGS[self.name].summary)

    @property
    def has_choices(self) -> bool:
        """True if the user chooses the value of the preference from a list."""
        return bool(SETTINGS[self.name].choices or self.values)

    def choices(self) -> list[Option]:
        """Return the values that the user can choose from as (value, title) pairs. The list is empty for a switch or a
        text field.
        """
        choices = SETTINGS[self.name].choices
        if choices:
            return [(value, translate("Setting", title)) for value, title in choices.items()]
        return [(value, value_title(self.name, value)) for value in self.values]


@dataclass(frozen=True)
class Section:
    """Group of preferences on the Settings page, under a common title."""

    title: str
    entries: Sequence[Entry]


def megabytes(value: float) -> str:
    return translate("SettingsPage", "{size} MB").format(size=number_text(value))


def gigabytes(value: float) -> str:
    return translate("SettingsPage", "{size} GB").format(size=number_text(value))


def percent(value: float) -> str:
    return f"{round(100 * value)} %"


def threads(value: int) -> str:
    return translate("SettingsPage", "%n thread(s)", "", value) if value else translate("SettingsPage", "Automatic")


def memory(value: float) -> str:
    return gigabytes(value) if value else translate("SettingsPage", "Automatic")


def device(value: str) -> str:
    return translate("SettingsPage", "Fastest") if value == "auto" else value


def canvas(value: str) -> str:
    return translate("Setting", CANVASES[value]) if value in CANVASES else value


# Titles of values that are not choices, by the name of the preference.
VALUE_TITLES: Mapping[str, Callable[[Any], str]] = {
    "device": device,
    "canvas": canvas,
    "threads": threads,
    "memory_gb": memory,
    "cpu_share": percent,
    "preview_share": percent,
    "ui_scale": percent,
    "steps_mb_each": megabytes,
    "steps_gb": gigabytes,
}


def value_title(name: str, value: Any) -> str:
    """Return the title to show for a value of the preference `name`, if the preference itself defines no titles."""
    return VALUE_TITLES.get(name, str)(value)


LIBRARY = Entry("library")
PATTERN = Entry("name_pattern")
DEVICE = Entry("device", ["auto"])
REMOTE_DEVICES = Entry("remote_devices")
REMOTE_PROGRAM = Entry("remote_program")
CLUSTER = Entry("cluster")
MODELS = Entry("model_folders")
DOWNLOADS = Entry("downloads")
SCALE = Entry("ui_scale", [1.0, 1.25, 1.5, 1.75, 2.0], needs_restart=True)
STEPS_LIMIT = Entry("steps_gb", [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])

SECTIONS = [
    Section(
        QT_TRANSLATE_NOOP("SettingsPage", "Pictures"), [LIBRARY, Entry("format"), PATTERN, Entry("empty_bin_on_exit")]
    ),
    Section(
        QT_TRANSLATE_NOOP("SettingsPage", "Generation"),
        [
            DEVICE,
            REMOTE_DEVICES,
            REMOTE_PROGRAM,
            CLUSTER,
            Entry("threads", range((os.cpu_count() or 1) + 1)),
            Entry("memory_gb", [0.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0]),
            Entry("cpu_share", [1.0, 0.75, 0.5, 0.25]),
            Entry("preview_share", [0.0, 0.05, 0.1, 0.25, 0.5, 1.0]),
            Entry("fast_drafts"),
            Entry("notify"),
            Entry("keep_awake"),
        ],
    ),
    Section(
        QT_TRANSLATE_NOOP("SettingsPage", "Steps"),
        [Entry("keep_steps"), Entry("steps_mb_each", [0.5, 1.0, 2.0, 4.0, 8.0, 16.0]), STEPS_LIMIT],
    ),
    Section(
        QT_TRANSLATE_NOOP("SettingsPage", "Window"),
        [
            Entry("language", needs_restart=True),
            Entry("theme"),
            SCALE,
            Entry("canvas", list(CANVASES)),
            Entry("both_in_runs"),
            Entry("stacks"),
        ],
    ),
    Section(QT_TRANSLATE_NOOP("SettingsPage", "Models"), [MODELS]),
]
