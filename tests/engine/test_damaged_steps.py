"""Files of steps that lie: whatever stands in them, what cannot be used is said in a sentence."""

from __future__ import annotations

import json
import os
import random
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gdm_studio.engine import steps, trajectory
from gdm_studio.engine.film import views_of
from gdm_studio.engine.generate import generate
from gdm_studio.errors import StorageError, StudioError
from gdm_studio.request import Request
from gdm_studio.run import Advance, Result
from tests.helpers.gaussian_model import CARD, GaussianLibrary

ODD = (
    None, "", 5, -1, 0, 1e999, float("nan"), [], {}, [1], [[]], "x", True, 10**400, 1.5, [None], {"a": 1}, "\ud800",
    "F16", "I8",
)  # fmt: skip
FACTS = {".steps": "steps", ".step": "step"}  # what each kind calls its facts


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files of both kinds, by predictions and thinned."""
    folder, made = tmp_path_factory.mktemp("steps"), []
    for sampler in ("dpmpp_2m", "euler_a", "heun"):
        for budget in (2_000_000, 40_000):
            request = CARD.checked(
                Request(model="gaussian", prompt="x", steps=6, sampler=sampler, device="cpu", guidance_scale=1.0)
            )
            events = list(generate(request, GaussianLibrary(), steps_budget=budget))
            advance = [event for event in events if isinstance(event, Advance)][3]
            made.append(folder / f"{sampler}-{budget}.step")
            steps.save(made[-1], steps.saved_steps(advance, request)[0])
            if kept := next(event for event in events if isinstance(event, Result)).steps:
                made.append(folder / f"{sampler}-{budget}.steps")
                made[-1].write_bytes(kept)
    return made


def use(path: Path) -> None:
    """Looks at all of its steps and goes on from one."""
    library = GaussianLibrary()
    if path.suffix == ".step":
        saved = steps.load(path)
    else:
        kept = trajectory.load(path).exactly(library)
        list(views_of(kept, library))
        saved = kept.saved(kept.last - 1, library, exact=False)
    list(generate(saved.continued(saved.request), library, resume=saved.step))


def split(path: Path) -> tuple[dict[str, Any], bytes]:
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def joined(head: object, rest: bytes) -> bytes:
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + rest


def change(rng: random.Random, values: dict[str, Any]) -> None:
    """Puts something else in one place of an object, at any depth."""
    place, key = values, rng.choice(list(values))
    while isinstance(place[key], dict | list) and place[key] and rng.random() < 0.7:
        place = place[key]
        key = rng.choice(list(place)) if isinstance(place, dict) else rng.randrange(len(place))
    if rng.random() < 0.25:
        del place[key]
    else:
        place[key] = rng.choice(ODD)


@pytest.mark.parametrize("seed", range(48))
def test_whatever_stands_in_it_nothing_is_unforeseen(sound: list[Path], tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    source = rng.choice(sound)
    path = tmp_path / f"a{source.suffix}"
    head, rest = split(source)
    metadata = head["__metadata__"]
    where = rng.choice(["head", "request", FACTS[path.suffix], FACTS[path.suffix], "bytes"])
    if where == "bytes":
        data = bytearray(source.read_bytes())
        for _ in range(rng.randint(1, 5)):
            data[rng.randrange(len(data) - len(rest))] = rng.randrange(256)
    else:
        values = head if where == "head" else json.loads(metadata[where])
        change(rng, values)
        if where != "head":
            metadata[where] = json.dumps(values)
        data = bytearray(joined(head, rest))
    path.write_bytes(data)
    try:
        use(path)
    except StudioError as error:
        assert str(error).endswith(".") and "\n" not in str(error)


def facts_changed(**changes: Any) -> Callable[[Path], bytes]:
    def change(source: Path) -> bytes:
        head, rest = split(source)
        name = FACTS[source.suffix]
        head["__metadata__"][name] = json.dumps(json.loads(head["__metadata__"][name]) | changes)
        return joined(head, rest)

    return change


DAMAGES: dict[str, Callable[[Path], bytes]] = {
    "deep": lambda source: joined(b"[" * 100_000, b""),
    "a list": lambda source: joined([], b""),
    "no path": facts_changed(path=[]),
    "a path of nothing": facts_changed(path=[[float("nan"), 1.0], [1.0, 0.0]]),
    "a path beyond all": facts_changed(path=[[10**400, 1.0], [1.0, 0.0]]),
    "a path that stands still": facts_changed(path=[[1.0, 2.0], [1.0, 2.0], [1.0, 0.0]]),
    "weights are a number": facts_changed(weights=5),
}


@pytest.mark.parametrize("suffix", FACTS)
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_said(sound: list[Path], tmp_path: Path, damage: Callable[[Path], bytes], suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(damage(next(each for each in sound if each.suffix == suffix)))
    with pytest.raises(StorageError, match="is damaged"):
        use(path)


@pytest.mark.parametrize("facts", [{"digests": []}, {"predictions": ["a"]}, {"whole": [[1, "a", "b", []]]}])
def test_steps_that_do_not_follow_each_other_are_damaged(sound: list[Path], tmp_path: Path, facts: Any) -> None:
    path = tmp_path / "a.steps"
    path.write_bytes(facts_changed(**facts)(next(each for each in sound if each.suffix == ".steps")))
    with pytest.raises(StudioError):
        use(path)


@pytest.mark.parametrize("load", [steps.load, trajectory.load])
def test_a_pipe_keeps_nobody_waiting(load: Callable[[Path], object], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.steps")
    with pytest.raises(StorageError, match="is not a file"):
        load(tmp_path / "a.steps")
