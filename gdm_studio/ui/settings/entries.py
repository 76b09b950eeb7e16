"""Every setting on its page: its name, what it does in one sentence, and what it can be."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

ABOUT = "About this computer"  # the last section, which has no settings
Option = tuple[Any, str]  # a value, and its name for people


@dataclass(frozen=True)
class Entry:
    """A field of Preferences; without `options` it is a switch."""

    name: str
    title: str
    sentence: str
    options: Sequence[Option] = ()


@dataclass(frozen=True)
class Section:
    title: str
    entries: Sequence[Entry]


def megabytes(value: float) -> str:
    return f"{value:g} MB"


def gigabytes(value: float) -> str:
    return f"{value:g} GB"


def percent(value: float) -> str:
    return f"{round(100 * value)} %"


def threads(value: int) -> str:
    return "Automatic" if not value else "1 thread" if value == 1 else f"{value} threads"


NAMES = {  # how a value that is not among the options is named
    "threads": threads,
    "cpu_share": percent,
    "preview_share": percent,
    "steps_mb_each": megabytes,
    "steps_gb": gigabytes,
}


def _with_names(name: str, values: Sequence[Any]) -> list[Option]:
    return [(value, NAMES[name](value)) for value in values]


LIBRARY = Entry("library", "Pictures folder", "Every picture is a file of its own in this folder.")
PATTERN = Entry("name_pattern", "Names of files", "Words in braces stand for what the picture was made with.")
FORMAT = Entry(
    "format",
    "Format",
    "What new pictures are saved as; each carries its settings. PNG and WebP lose nothing, JPEG knows no transparency.",
    [("png", "PNG"), ("webp", "WebP, lossless"), ("jpeg", "JPEG, smaller")],
)
BIN = Entry(
    "empty_bin_on_exit",
    "Deleted pictures to the trash on exit",
    "Until then they can be brought back with Undo; off, they wait here for a month. What no trash takes waits on.",
)
DEVICE = Entry(
    "device",
    "Device",
    "Where pictures are made when the Create page says Automatic.",
    [("auto", "The quickest there is")],
)
MODELS = Entry("model_folders", "Model folders", "Looked into for models, with the folders inside them.")
STEPS_LIMIT = Entry(
    "steps_gb",
    "Room for steps",
    "Beyond this the oldest steps go; their pictures stay.",
    _with_names("steps_gb", [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]),
)

SECTIONS = [
    Section("Pictures", [LIBRARY, FORMAT, PATTERN, BIN]),
    Section(
        "Generation",
        [
            DEVICE,
            Entry(
                "threads",
                "Threads",
                "How many parts of the processor a run uses at once; automatic is one for each core.",
                _with_names("threads", range((os.cpu_count() or 1) + 1)),
            ),
            Entry(
                "cpu_share",
                "Share of the machine",
                "Below 100 % a run rests between its steps, so that other programs have the rest of the time.",
                _with_names("cpu_share", [1.0, 0.75, 0.5, 0.25]),
            ),
            Entry(
                "preview_share",
                "Time for previews",
                "How much of a step's time the picture on the canvas may cost; less makes runs quicker.",
                _with_names("preview_share", [0.0, 0.1, 0.25, 0.5, 1.0]),
            ),
            Entry(
                "notify",
                "Say when pictures are done",
                "A notification of the desktop's, while the window is behind others.",
            ),
            Entry("keep_awake", "Keep the machine awake", "It does not go to sleep while pictures are being made."),
        ],
    ),
    Section(
        "Steps",
        [
            Entry("keep_steps", "Keep the steps of pictures", "To scrub, compare and branch from them any time later."),
            Entry(
                "steps_mb_each",
                "Room for one picture",
                "Where its steps need more, some are left out and made again when they are looked at. "
                "A large picture has room for thirty at least.",
                _with_names("steps_mb_each", [0.5, 1.0, 2.0, 4.0, 8.0, 16.0]),
            ),
            STEPS_LIMIT,
        ],
    ),
    Section(
        "Window",
        [
            Entry(
                "theme",
                "Theme",
                "Dark or light, or as the desktop is.",
                [("system", "As the desktop"), ("dark", "Dark"), ("light", "Light")],
            )
        ],
    ),
    Section("Models", [MODELS]),
]
