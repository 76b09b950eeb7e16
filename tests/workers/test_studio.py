"""The studio API on several devices: the same images as on one, and errors for steps of another process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from gdm_studio import Studio
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.jobs.workers.pool import Pool
from tests.helpers import tiny_model

FOX = {"prompt": "a red fox", "model": "tiny", "seed": 7, "steps": 4, "count": 3}


@pytest.fixture
def hired(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Pool]]:
    """Yield the list of worker pools that the test starts; all must have ended afterwards."""
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    made: list[Pool] = []

    def hire(devices: Sequence[str]) -> Pool:
        made.append(Pool(devices))
        return made[-1]

    monkeypatch.setattr("gdm_studio.jobs.workers.pool.Pool", hire)
    yield made
    assert all(worker.has_ended for pool in made for worker in pool.workers)


@pytest.mark.usefixtures("forked_processes")
@pytest.mark.slow
def test_images_on_workers_continue_while_others_are_generated(hired: list[Pool]) -> None:
    with Studio() as studio:
        there = studio.generate(**FOX, device="cpu,cpu")
        first = next(iter(there))
        (here,) = [step for step in studio.generate(**FOX | {"count": 1}, device="cpu") if step.finished]
        for other in ("cpu,cpu", "cpu,cpu,cpu"):
            with pytest.raises(BadRequest, match="busy with another request"):
                next(iter(studio.generate(**FOX, device=other)))
        rest = list(there)
        assert len(rest) == 11 and len(hired) == 1 and first.index == 1
        (same,) = [step for step in rest if step.finished and step.picture == 0]
        assert np.array_equal(same.image, here.image)
        assert not any(worker.has_ended for worker in hired[0].workers), "they wait for the next"
        next(iter(studio.generate(**FOX | {"count": 1}, device="cpu")))
        assert all(worker.has_ended for worker in hired[0].workers), "their devices are done with"


@pytest.mark.slow
def test_several_devices_generate_the_same_images_as_one(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.jobs.workers.pool.Pool", lambda devices: pool)
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
            with pytest.raises(BadRequest, match="use one device"):
                deed(early)
        assert studio.keep(last[0]).request.seed == 7
        first = studio.generate(**FOX, device="cpu,cpu")
        next(iter(first))
        with pytest.raises(BadRequest, match="busy with another request"):
            next(iter(studio.generate(**FOX, device="cpu,cpu")))
        first.stop()
        assert len(list(studio.generate(**FOX, device="cpu,cpu"))) == 12
