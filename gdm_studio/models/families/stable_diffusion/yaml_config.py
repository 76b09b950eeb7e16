"""Reader of the NAME.yaml beside a single-file checkpoint, in the format of CompVis/latent-diffusion and
generative-models.

Only a few scalar keys are needed, so the file is scanned line by line, without creating YAML objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gdm_studio.common.atomic_files import open_file
from gdm_studio.common.errors import StorageError
from gdm_studio.models.files.sidecars import yaml_config_of

# Maximum number of bytes that are read. The published configurations have less than 4 kB.
MOST = 2**16
# Values of `parameterization` -> prediction.
_PARAMETERIZATIONS = {"eps": "epsilon", "v": "v", "x0": "x0"}
# Last part of a `target` -> prediction. The first is the model itself, whose default is epsilon.
_TARGETS = {
    "LatentDiffusion": "epsilon",
    "LatentInpaintDiffusion": "epsilon",
    "EpsScaling": "epsilon",
    "VScaling": "v",
}
_BETAS = {"linear_start": "beta_start", "linear_end": "beta_end"}


@dataclass(frozen=True)
class YamlConfig:
    """Values from the YAML file beside a checkpoint. If the file does not contain them, `prediction` is "" and `betas`
    is ().
    """

    prediction: str = ""
    betas: tuple[tuple[str, float], ...] = ()


def read_yaml_config(checkpoint: Path) -> YamlConfig:
    """Read the YAML configuration beside a checkpoint. All values are empty if the file is missing or unreadable."""
    path = yaml_config_of(checkpoint)
    if path is None or not path.is_file():
        return YamlConfig()
    try:
        with open_file(path) as file:
            text = file.read(MOST).decode("utf-8", "replace")
    except (StorageError, OSError):
        return YamlConfig()
    stated = default = ""
    betas: dict[str, float] = {}
    for line in text.splitlines():
        key, _, value = line.partition(":")
        key = key.strip(" \t-\"'")
        value = value.partition("#")[0].strip(" \t\"'")
        if key == "parameterization":
            stated = stated or _PARAMETERIZATIONS.get(value, "")
        elif key == "target":
            default = default or _TARGETS.get(value.rpartition(".")[2], "")
        elif key in _BETAS and (beta := _parse_beta(value)):
            betas.setdefault(_BETAS[key], beta)
    return YamlConfig(stated or default, tuple(betas.items()))


def _parse_beta(text: str) -> float:
    """Parse a noise variance (beta) of the forward process, or return 0 if the string is not a number between 0 and
    0.1.
    """
    try:
        beta = float(text[:40])
    except ValueError:
        return 0.0
    return beta if 0 < beta < 0.1 else 0.0
