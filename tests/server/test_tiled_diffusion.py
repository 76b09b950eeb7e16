"""Tiles that clients of A1111's interface request by the script Tiled Diffusion."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.helpers import gaussian_model
from tests.helpers.gaussian_model import CARD
from tests.helpers.http_client import RunningServer

BODY = {"prompt": "a fox", "seed": 3, "steps": 2, "width": 256, "height": 128}


def scripts(*arguments: Any) -> dict[str, Any]:
    decoder = {"args": [True, 1024, 96, True, True, True, False]}
    return {"alwayson_scripts": {"Tiled Diffusion": {"args": [*arguments]}, "Tiled VAE": decoder}}


def test_tiled_diffusion_becomes_a_tile(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaussian_model, "CARD", replace(CARD, accepts=replace(CARD.accepts, tiles=True)))
    rest = ("None", 2, False, 10, 1, 1, 64, False)
    answer = server.post(
        "/sdapi/v1/txt2img", BODY | scripts(True, "MultiDiffusion", False, True, 1, 1, 16, 16, 4, 8, *rest)
    )
    assert answer.status == 200, answer.body
    info = json.loads(answer.json["info"])
    assert (info["width"], info["height"], info["ignored"]) == (256, 128, [])
    assert "Tile: 128, Tile overlap: 32" in info["infotexts"][0]
    for arguments in (
        (True, "DemoFusion", False, True, 1, 1, 16, 20, 4, 8),
        (True, "MultiDiffusion", False, True, 1, 1, 10**9, -5, "x", 8),
        (True, "MultiDiffusion", False, True, 1, 1, 12, 12, 4, 8),
        (True, "MultiDiffusion", False, True, 1, 1, 16, 20, 4, 8),
        (True, "MultiDiffusion", False, True, 1, 1, 16, 16, 0, 8),
        (True, "MultiDiffusion", 96, 96, 4),
    ):
        answer = server.post("/sdapi/v1/txt2img", BODY | scripts(*arguments))
        info = json.loads(answer.json["info"])
        assert {"alwayson_scripts.Tiled Diffusion", "size"} <= {*info["ignored"]} and info["width"] == 128, arguments
    answer = server.post("/sdapi/v1/txt2img", BODY | {"width": 128} | scripts(False, "MultiDiffusion"))
    assert "alwayson_scripts.Tiled Diffusion" not in json.loads(answer.json["info"])["ignored"]
