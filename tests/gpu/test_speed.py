"""`gdm-studio bench speed` on each device: steps and pictures a second by batch."""

from __future__ import annotations

import json

import pytest
import torch

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.request.generation_request import BUILT_IN
from tests.helpers import tiny_model


def test_speed_by_batch(device: torch.device, capsys: pytest.CaptureFixture[str]) -> None:
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    model = BUILT_IN if device.type == "cuda" else tiny_model.NAME  # a tiny one is done before a GPU has begun
    assert run(["bench", "speed", "--device", str(device), "--model", model, "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    with capsys.disabled():
        for row in rows if device.type == "cuda" else ():
            print(f"\n{row['name']}: {row['value']:.4g} {row['unit']}", end="")
    found = {row["name"]: row["value"] for row in rows}
    assert found and all(value > 0 for value in found.values())
    speeds = [value for name, value in found.items() if name.endswith("speed")]
    assert len(speeds) >= 3
    if device.type == "cuda":
        assert speeds[-1] > 2 * speeds[0], "a GPU makes many pictures together much sooner than one by one"
        assert "batch of 1, memory" in found
