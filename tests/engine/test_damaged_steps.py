"""Malformed step files: any defect is reported in one sentence."""

from __future__ import annotations

import json
import os
import random
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gdm_studio.common.errors import StorageError, StudioError
from gdm_studio.denoising_steps import file_format, saved_step
from gdm_studio.engine import step_history
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.step_animation import views_of
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Request
from tests.fixtures.write_traces import HOME
from tests.helpers import old_steps
from tests.helpers.gaussian_model import CARD, GaussianLibrary

ODD = (
    None, "", 5, -1, 0, 1e999, float("nan"), [], {}, [1], [[]], "x", True, 10**400, 1.5, [None], {"a": 1}, "\ud800",
    "F16", "I8",
)  # fmt: skip


@pytest.fixture(scope="module")
def valid_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Write files of both kinds, complete and thinned, in the current format and in that of 0.1.0."""
    folder, made = tmp_path_factory.mktemp("steps"), []
    for sampler in ("dpmpp_2m", "euler_a", "heun"):
        for budget in (2_000_000, 40_000):
            request = CARD.checked(
                Request(model="gaussian", prompt="x", steps=6, sampler=sampler, device="cpu", guidance_scale=1.0)
            )
            events = list(generate(request, GaussianLibrary(), steps_budget=budget))
            advance = [event for event in events if isinstance(event, StepEvent)][3]
            made.append(folder / f"{sampler}-{budget}.step")
            saved_step.save(made[-1], saved_step.split_batch(advance, request)[0])
            if kept := next(event for event in events if isinstance(event, Result)).steps:
                made.append(folder / f"{sampler}-{budget}.steps")
                made[-1].write_bytes(kept)
    for path in made[:]:
        made.append(path.with_name(f"old-{path.name}"))
        made[-1].write_bytes(old_steps.to_bytes(file_format.read(path.read_bytes())))
    return made


def use_file(path: Path) -> None:
    """Load all steps of a file and resume from one."""
    library = GaussianLibrary()
    if path.suffix == ".step":
        saved = saved_step.load(path)
    else:
        kept = step_history.load(path).with_exact_weights(library)
        list(views_of(kept, library))
        saved = kept.saved_step(kept.last - 1, library, exact=False)
    list(generate(saved.resume_or_branch(saved.request), library, resume=saved.step))


def records(path: Path) -> list[bytes]:
    """Return the safetensors records of a file: one in the format of 0.1.0, otherwise one for each step."""
    data, found = path.read_bytes(), []
    if is_old(path):
        return [data]
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        found.append(data[8 : 8 + length])
        data = data[8 + length :]
    return found


def join_records(path: Path, found: list[bytes]) -> bytes:
    return found[0] if is_old(path) else b"".join(struct.pack("<Q", len(each)) + each for each in found)


def is_old(path: Path) -> bool:
    return path.name.startswith("old-")


def split_record(part: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack("<Q", part[:8])
    return json.loads(part[8 : 8 + length]), part[8 + length :]


def join_record(head: object, rest: bytes) -> bytes:
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + rest


def change_value(rng: random.Random, values: dict[str, Any]) -> None:
    """Replace or remove one value of an object, at any depth."""
    place, key = values, rng.choice(list(values))
    while isinstance(place[key], dict | list) and place[key] and rng.random() < 0.7:
        place = place[key]
        key = rng.choice(list(place)) if isinstance(place, dict) else rng.randrange(len(place))
    if rng.random() < 0.25:
        del place[key]
    else:
        place[key] = rng.choice(ODD)


@pytest.mark.parametrize("seed", range(64))
def test_random_values_raise_only_studio_errors(valid_files: list[Path], tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    source = rng.choice(valid_files)
    path = tmp_path / f"a{source.suffix}"
    found = records(source)
    place = rng.choice([0, rng.randrange(len(found))])
    head, rest = split_record(found[place])
    metadata = head["__metadata__"]
    where = rng.choice(["head", "bytes", *(name for name in metadata if name != "format")])
    if where == "bytes":
        data = bytearray(found[place])
        for _ in range(rng.randint(1, 5)):
            data[rng.randrange(len(data) - len(rest))] = rng.randrange(256)
        found[place] = bytes(data)
    else:
        values = head if where == "head" else json.loads(metadata[where])
        change_value(rng, values)
        if where != "head":
            metadata[where] = json.dumps(values)
        found[place] = join_record(head, rest)
    path.write_bytes(join_records(source, found))
    try:
        use_file(path)
    except StudioError as error:
        assert str(error).endswith(".") and "\n" not in str(error)


def with_facts(**changes: Any) -> Callable[[bytes], bytes]:
    def change_value(part: bytes) -> bytes:
        head, rest = split_record(part)
        metadata = head["__metadata__"]
        name = next(name for name in ("log", "steps", "step") if name in metadata)
        metadata[name] = json.dumps(json.loads(metadata[name]) | changes)
        return join_record(head, rest)

    return change_value


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "deep": lambda part: join_record(b"[" * 100_000, b""),
    "a list": lambda part: join_record([], b""),
    "no path": with_facts(path=[]),
    "a path of nothing": with_facts(path=[[float("nan"), 1.0], [1.0, 0.0]]),
    "a path beyond all": with_facts(path=[[10**400, 1.0], [1.0, 0.0]]),
    "a path that stands still": with_facts(path=[[1.0, 2.0], [1.0, 2.0], [1.0, 0.0]]),
    "weights are a number": with_facts(weights=5),
}


@pytest.mark.parametrize("kind", ["new.steps", "new.step", "old.steps", "old.step"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_reported(
    valid_files: list[Path], tmp_path: Path, damage: Callable[[bytes], bytes], kind: str
) -> None:
    source = file_of_kind(valid_files, kind)
    first, *rest = records(source)
    path = tmp_path / f"a{source.suffix}"
    path.write_bytes(join_records(source, [damage(first), *rest]))
    with pytest.raises(StorageError, match="is damaged"):
        use_file(path)


def file_of_kind(valid_files: list[Path], kind: str) -> Path:
    return next(
        each for each in valid_files if each.suffix == Path(kind).suffix and is_old(each) == kind.startswith("old")
    )


@pytest.mark.parametrize("parts_told", [5, {"vae_hash": 5}, ["vae_hash"]])
def test_a_log_with_invalid_parts_is_reported_as_damaged(
    valid_files: list[Path], tmp_path: Path, parts_told: Any
) -> None:
    source = file_of_kind(valid_files, "new.steps")
    first, *rest = records(source)
    path = tmp_path / "a.steps"
    path.write_bytes(join_records(source, [with_facts(parts=parts_told)(first), *rest]))
    with pytest.raises(StorageError, match="is damaged"):
        use_file(path)


@pytest.mark.parametrize("facts", [{"digests": []}, {"predictions": ["a"]}, {"whole": [[1, "a", "b", []]]}])
def test_inconsistent_old_steps_are_refused(valid_files: list[Path], tmp_path: Path, facts: Any) -> None:
    path = tmp_path / "a.steps"
    path.write_bytes(with_facts(**facts)(file_of_kind(valid_files, "old.steps").read_bytes()))
    with pytest.raises(StudioError):
        use_file(path)


def with_last_number_changed(found: list[bytes]) -> list[bytes]:
    return [*found[:-1], found[-1][:-1] + bytes([found[-1][-1] ^ 1])]


LOSSES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "its beginning": lambda found: found[1:],
    "a step": lambda found: [*found[:3], *found[4:]],
    "its last step": lambda found: found[:-1],
    "an order": lambda found: [found[0], *found[:0:-1]],
    "a bit of a step": with_last_number_changed,
    "all but where it began": lambda found: found[:1],
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_an_incomplete_log_is_reported_as_damaged(
    valid_files: list[Path], tmp_path: Path, loss: Callable[[list[bytes]], list[bytes]]
) -> None:
    source = next(each for each in valid_files if each.name == "heun-2000000.steps")
    (path := tmp_path / "a.steps").write_bytes(join_records(source, loss(records(source))))
    with pytest.raises(StorageError, match="is damaged"):
        step_history.load(path)


@pytest.mark.parametrize("kind", ["new.steps", "new.step"])
def test_a_truncated_log_is_reported_as_damaged(valid_files: list[Path], tmp_path: Path, kind: str) -> None:
    data, path = file_of_kind(valid_files, kind).read_bytes(), tmp_path / f"a{Path(kind).suffix}"
    for length in (0, 4, 8, 9, *range(16, len(data), 997), len(data) - 1):
        path.write_bytes(data[:length])
        with pytest.raises(StorageError, match="is damaged"):
            use_file(path)


def test_an_invalid_length_is_reported_as_damage(valid_files: list[Path], tmp_path: Path) -> None:
    data, path = file_of_kind(valid_files, "new.steps").read_bytes(), tmp_path / "a.steps"
    for length in (0, 1, 2**63, 2**64 - 1):
        path.write_bytes(struct.pack("<Q", length) + data[8:])
        with pytest.raises(StorageError, match="is damaged"):
            use_file(path)


def test_valid_steps_of_a_damaged_run_of_0_1_0_are_read() -> None:
    (file,) = (HOME / "data" / "queue" / "running").glob("*.steps")
    intact, request, rng = file.read_bytes(), Request(model="fixture"), random.Random(1)
    whole = file_format.read_intact(intact, request)
    assert whole is not None and [entry.index for entry in whole.entries] == [0, 1, 2, 3]
    for _ in range(300):
        data = bytearray(intact)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        found = file_format.read_intact(bytes(data), request)
        assert found is None or [entry.index for entry in found.entries] == [*range(len(found.entries))]


@pytest.mark.parametrize("load", [saved_step.load, step_history.load])
def test_a_pipe_does_not_block(load: Callable[[Path], object], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.steps")
    with pytest.raises(StorageError, match="is not a file"):
        load(tmp_path / "a.steps")
