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

from gdm_studio.engine import step_codec, steps, trajectory
from gdm_studio.engine.film import views_of
from gdm_studio.engine.generate import generate
from gdm_studio.errors import StorageError, StudioError
from gdm_studio.request import Request
from gdm_studio.run import Advance, Result
from tests.fixtures.write_traces import HOME
from tests.helpers import old_steps
from tests.helpers.gaussian_model import CARD, GaussianLibrary

ODD = (
    None, "", 5, -1, 0, 1e999, float("nan"), [], {}, [1], [[]], "x", True, 10**400, 1.5, [None], {"a": 1}, "\ud800",
    "F16", "I8",
)  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files of both kinds, by predictions and thinned, as they are written now and as 0.1.0 did."""
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
    for path in made[:]:
        made.append(path.with_name(f"old-{path.name}"))
        made[-1].write_bytes(old_steps.to_bytes(step_codec.read(path.read_bytes())))
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


def parts(path: Path) -> list[bytes]:
    """The safetensors files in it: one of 0.1.0, else one a step."""
    data, found = path.read_bytes(), []
    if is_old(path):
        return [data]
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        found.append(data[8 : 8 + length])
        data = data[8 + length :]
    return found


def together(path: Path, found: list[bytes]) -> bytes:
    return found[0] if is_old(path) else b"".join(struct.pack("<Q", len(each)) + each for each in found)


def is_old(path: Path) -> bool:
    return path.name.startswith("old-")


def split(part: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack("<Q", part[:8])
    return json.loads(part[8 : 8 + length]), part[8 + length :]


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


@pytest.mark.parametrize("seed", range(64))
def test_whatever_stands_in_it_nothing_is_unforeseen(sound: list[Path], tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    source = rng.choice(sound)
    path = tmp_path / f"a{source.suffix}"
    found = parts(source)
    place = rng.choice([0, rng.randrange(len(found))])
    head, rest = split(found[place])
    metadata = head["__metadata__"]
    where = rng.choice(["head", "bytes", *(name for name in metadata if name != "format")])
    if where == "bytes":
        data = bytearray(found[place])
        for _ in range(rng.randint(1, 5)):
            data[rng.randrange(len(data) - len(rest))] = rng.randrange(256)
        found[place] = bytes(data)
    else:
        values = head if where == "head" else json.loads(metadata[where])
        change(rng, values)
        if where != "head":
            metadata[where] = json.dumps(values)
        found[place] = joined(head, rest)
    path.write_bytes(together(source, found))
    try:
        use(path)
    except StudioError as error:
        assert str(error).endswith(".") and "\n" not in str(error)


def facts_changed(**changes: Any) -> Callable[[bytes], bytes]:
    def change(part: bytes) -> bytes:
        head, rest = split(part)
        metadata = head["__metadata__"]
        name = next(name for name in ("log", "steps", "step") if name in metadata)
        metadata[name] = json.dumps(json.loads(metadata[name]) | changes)
        return joined(head, rest)

    return change


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "deep": lambda part: joined(b"[" * 100_000, b""),
    "a list": lambda part: joined([], b""),
    "no path": facts_changed(path=[]),
    "a path of nothing": facts_changed(path=[[float("nan"), 1.0], [1.0, 0.0]]),
    "a path beyond all": facts_changed(path=[[10**400, 1.0], [1.0, 0.0]]),
    "a path that stands still": facts_changed(path=[[1.0, 2.0], [1.0, 2.0], [1.0, 0.0]]),
    "weights are a number": facts_changed(weights=5),
}


@pytest.mark.parametrize("kind", ["new.steps", "new.step", "old.steps", "old.step"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_said(sound: list[Path], tmp_path: Path, damage: Callable[[bytes], bytes], kind: str) -> None:
    source = of_kind(sound, kind)
    first, *rest = parts(source)
    path = tmp_path / f"a{source.suffix}"
    path.write_bytes(together(source, [damage(first), *rest]))
    with pytest.raises(StorageError, match="is damaged"):
        use(path)


def of_kind(sound: list[Path], kind: str) -> Path:
    return next(each for each in sound if each.suffix == Path(kind).suffix and is_old(each) == kind.startswith("old"))


@pytest.mark.parametrize("parts_told", [5, {"vae_hash": 5}, ["vae_hash"]])
def test_a_log_whose_parts_are_no_words_is_damaged(sound: list[Path], tmp_path: Path, parts_told: Any) -> None:
    source = of_kind(sound, "new.steps")
    first, *rest = parts(source)
    path = tmp_path / "a.steps"
    path.write_bytes(together(source, [facts_changed(parts=parts_told)(first), *rest]))
    with pytest.raises(StorageError, match="is damaged"):
        use(path)


@pytest.mark.parametrize("facts", [{"digests": []}, {"predictions": ["a"]}, {"whole": [[1, "a", "b", []]]}])
def test_old_steps_that_do_not_follow_each_other_are_damaged(sound: list[Path], tmp_path: Path, facts: Any) -> None:
    path = tmp_path / "a.steps"
    path.write_bytes(facts_changed(**facts)(of_kind(sound, "old.steps").read_bytes()))
    with pytest.raises(StudioError):
        use(path)


def last_number_altered(found: list[bytes]) -> list[bytes]:
    return [*found[:-1], found[-1][:-1] + bytes([found[-1][-1] ^ 1])]


LOSSES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "its beginning": lambda found: found[1:],
    "a step": lambda found: [*found[:3], *found[4:]],
    "its last step": lambda found: found[:-1],
    "an order": lambda found: [found[0], *found[:0:-1]],
    "a bit of a step": last_number_altered,
    "all but where it began": lambda found: found[:1],
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_a_log_that_lost_something_is_damaged(
    sound: list[Path], tmp_path: Path, loss: Callable[[list[bytes]], list[bytes]]
) -> None:
    source = next(each for each in sound if each.name == "heun-2000000.steps")
    (path := tmp_path / "a.steps").write_bytes(together(source, loss(parts(source))))
    with pytest.raises(StorageError, match="is damaged"):
        trajectory.load(path)


@pytest.mark.parametrize("kind", ["new.steps", "new.step"])
def test_wherever_a_log_is_torn_it_is_noticed(sound: list[Path], tmp_path: Path, kind: str) -> None:
    data, path = of_kind(sound, kind).read_bytes(), tmp_path / f"a{Path(kind).suffix}"
    for length in (0, 4, 8, 9, *range(16, len(data), 997), len(data) - 1):
        path.write_bytes(data[:length])
        with pytest.raises(StorageError, match="is damaged"):
            use(path)


def test_a_length_that_lies_is_damage(sound: list[Path], tmp_path: Path) -> None:
    data, path = of_kind(sound, "new.steps").read_bytes(), tmp_path / "a.steps"
    for length in (0, 1, 2**63, 2**64 - 1):
        path.write_bytes(struct.pack("<Q", length) + data[8:])
        with pytest.raises(StorageError, match="is damaged"):
            use(path)


def test_whatever_stands_in_what_0_1_0_kept_of_a_run_what_is_sound_of_it_is_read() -> None:
    (file,) = (HOME / "data" / "queue" / "running").glob("*.steps")
    sound, request, rng = file.read_bytes(), Request(model="fixture"), random.Random(1)
    whole = step_codec.read_torn(sound, request)
    assert whole is not None and [entry.index for entry in whole.entries] == [0, 1, 2, 3]
    for _ in range(300):
        data = bytearray(sound)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        found = step_codec.read_torn(bytes(data), request)
        assert found is None or [entry.index for entry in found.entries] == [*range(len(found.entries))]


@pytest.mark.parametrize("load", [steps.load, trajectory.load])
def test_a_pipe_keeps_nobody_waiting(load: Callable[[Path], object], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.steps")
    with pytest.raises(StorageError, match="is not a file"):
        load(tmp_path / "a.steps")
