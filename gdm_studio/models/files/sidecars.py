"""Small files beside a weight file that change how its weights are used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from gdm_studio.models.files.checkpoints import PICKLE_SUFFIXES, SUFFIX, Stamp, stamp_of

# Stem of the weights that PEFT saves, and the configuration that it saves beside them.
_PEFT_STEM = "adapter_model"
_PEFT_CONFIG = "adapter_config.json"
# Suffix of the configuration that the programs of 2022 read beside a checkpoint of the same name.
_CONFIG_SUFFIX = ".yaml"


def peft_config_of(path: Path) -> Path | None:
    """Return the path where PEFT saves an adapter's configuration, or None if the file has another name."""
    return path.with_name(_PEFT_CONFIG) if path.name.partition(".")[0] == _PEFT_STEM else None


def yaml_config_of(path: Path) -> Path | None:
    """Return the path of the configuration beside a checkpoint, NAME.yaml, or None for other files."""
    is_weights = path.suffix.lower() in (SUFFIX, *PICKLE_SUFFIXES)
    return path.with_suffix(_CONFIG_SUFFIX) if is_weights else None


def find_sidecars(path: Path, stamp: Callable[[str], Stamp | None] = stamp_of) -> tuple[Path, ...]:
    """Return the existing configurations beside a weight file. `stamp` returns the stamp of a path."""
    possible = (peft_config_of(path), yaml_config_of(path))
    return tuple(each for each in possible if each is not None and stamp(str(each)) is not None)


def with_sidecars(files: Iterable[Path]) -> list[Path]:
    """Return the files, each followed by its sidecar configurations."""
    return [each for file in files for each in (file, *find_sidecars(file))]
