"""A script on several devices: the same pictures, and what cannot be done with steps that were made elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from gdm_studio import Studio
from gdm_studio.errors import BadRequest
from gdm_studio.workers.pool import Pool

FOX = {"prompt": "a red fox", "model": "tiny", "seed": 7, "steps": 4, "count": 3}


def test_pictures_of_several_devices_are_those_of_one(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.studio.crew.Pool", lambda devices: pool)
    monkeypatch.setattr(pool, "close", lambda: None)
    with Studio() as studio:
        fox = studio.generate(**FOX, device="cpu,cpu")
        there = list(fox)
        here = {step.picture: step for step in studio.generate(**FOX, device="cpu") if step.finished}
        last = {step.picture: step for step in there if step.finished}
        assert len(there) == 12 and last.keys() == here.keys()
        assert all(np.array_equal(last[each].image, here[each].image) for each in here)
        early = next(step for step in there if step.index == 2)
        assert early.image.shape == here[0].image.shape
        for deed in (studio.keep, studio.branch):
            with pytest.raises(BadRequest, match="on one device"):
                deed(early)
        assert studio.keep(last[0]).request.seed == 7
        first = studio.generate(**FOX, device="cpu,cpu")
        next(iter(first))
        with pytest.raises(BadRequest, match="at a time"):
            next(iter(studio.generate(**FOX, device="cpu,cpu")))
        first.stop()
        assert len(list(studio.generate(**FOX, device="cpu,cpu"))) == 12
