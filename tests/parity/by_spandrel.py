"""Writer of tests/data/parity/upscalers.json: results of small upscalers in spandrel.

pip install .[upscalers] && python -m tests.parity.by_spandrel
"""

from __future__ import annotations

import json
from importlib.metadata import version

import numpy as np
import torch
from torch import Tensor

from tests.helpers.upscalers import CASES, weights_of
from tests.parity.numbers import FOLDER

FILE = FOLDER / "upscalers.json"
# Number of values of each result that are stored, evenly taken.
COUNT = 40


def image(channels: int) -> Tensor:
    """Return a small image (1, C, H, W) in 0..1 whose sides are no multiples of anything."""
    return torch.from_numpy(np.random.default_rng(1).random((1, channels, 11, 13))).float()


def sample(found: Tensor) -> list[float]:
    """Return COUNT values of a result, evenly taken."""
    flat = found.flatten()
    return [float(value) for value in flat[torch.linspace(0, len(flat) - 1, COUNT).long()]]


def result(name: str) -> Tensor:
    """Return the result of a case in spandrel."""
    import spandrel

    config, layout = CASES[name]
    model = spandrel.ModelLoader("cpu").load_from_state_dict(weights_of(config, layout))
    with torch.no_grad():
        found: Tensor = model.model.eval()(image(config.channels))
    return found


def main() -> None:
    cases = {name: [float(f"{value:.7g}") for value in sample(result(name))] for name in CASES}
    versions = {package: version(package) for package in ("spandrel", "torch")}
    FILE.write_text(json.dumps({"versions": versions, "cases": cases}), encoding="utf-8")


if __name__ == "__main__":
    main()
