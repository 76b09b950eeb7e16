"""Configuration files beside a weight file: PEFT's `adapter_config.json`, and the YAML file of a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from gdm_studio.models.files.checkpoints import PICKLE_SUFFIXES, SUFFIX, Stamp, stamp_of

# Stem of the weight files that PEFT saves, and the configuration that it saves beside them.
_PEFT_STEM = "adapter_model"
_PEFT_CONFIG = "adapter_config.json"
# Suffix of the configuration file that programs of 2022 read beside a checkpoint of the same name.
_CONFIG_SUFFIX = ".yaml"


def peft_config_of(path: Path) -> Path | None:
    """Return the path at which the PEFT library saves the configuration of a LoRA beside its weights, or None if the
    file does not have PEFT's file name.
    """
    return path.with_name(_PEFT_CONFIG) if path.name.partition(".")[0] == _PEFT_STEM else None


def yaml_config_of(path: Path) -> Path | None:
    """Return the path of the configuration file NAME.yaml beside a checkpoint NAME, or None for files of other
    kinds.
    """
    is_weights = path.suffix.lower() in (SUFFIX, *PICKLE_SUFFIXES)
    return path.with_suffix(_CONFIG_SUFFIX) if is_weights else None


def find_sidecars(path: Path, stamp: Callable[[str], Stamp | None] = stamp_of) -> tuple[Path, ...]:
    """Return the configuration files that exist beside a weight file. `stamp` returns the size and modification time of
    a path, or None.
    """
    possible = (peft_config_of(path), yaml_config_of(path))
    return tuple(each for each in possible if each is not None and stamp(str(each)) is not None)


def with_sidecars(files: Iterable[Path]) -> list[Path]:
    """Return the weight files, each followed by the configuration files that exist beside it."""
    return [each for file in files for each in (file, *find_sidecars(file))]
