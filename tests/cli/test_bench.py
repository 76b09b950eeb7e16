"""`gdm-studio bench`, and the figures of each measurement on a model of known speed."""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from benches import diffusers
from benches import models as many_models
from benches.engine import BENCHES
from benches.gallery import build, opened
from gdm_studio.cli.bench import NAMES, OF_A_MACHINE
from gdm_studio.cli.main import run
from gdm_studio.engine import speed_benchmark
from gdm_studio.gallery import read
from gdm_studio.request.generation_request import Request
from tests.helpers import beats
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.low_memory import low_memory_library

# Measurements of a machine, with their functions.
FUNCTIONS = {"speed": "measure_batches", "picture": "measure_image"}
ALL = {**BENCHES, "speed": speed_benchmark.measure_batches, "picture": speed_benchmark.measure_image}
REQUEST = Request(model="gaussian", prompt="a calm blue disc", steps=6, guidance_scale=2.0, device="cpu")


def measured(name: str, *, step_seconds: float = 0.0, request: Request = REQUEST) -> dict[str, float]:
    library = GaussianLibrary(step_seconds=step_seconds)
    return {figure.name: figure.value for figure in ALL[name](library, request)}  # type: ignore[arg-type]


@pytest.fixture
def _only_steps_take_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the clock by one that advances only with the model's steps, at once."""
    now = 0.0

    def step(seconds: float, ended: object) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(beats, "pause", step)
    monkeypatch.setattr(time, "perf_counter", lambda: now)


@pytest.mark.slow
def test_memory_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "memory", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    figure = json.loads(line)
    assert figure["bench"] == "memory" and figure["unit"] == "MiB" and 50 < figure["value"] < 50_000


def test_an_unknown_name_lists_all_measurements(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "warp"]) == 2
    said = capsys.readouterr().err
    assert "'warp'" in said and all(name in said for name in NAMES)


def test_every_measurement_can_be_named() -> None:
    assert set(NAMES) == {*ALL, "gallery", "ui", "start", "window"}


@pytest.mark.parametrize(
    ("words", "built"),
    [([], []), (["--pictures", "7"], [7, 7]), (["gallery"], [100_000]), (["ui"], []), (["ui", "--pictures", "7"], [7])],
)
def test_a_library_is_built_only_on_request(
    words: list[str], built: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[int] = []
    monkeypatch.setattr("benches.gallery.build", lambda home, count, progress: asked.append(count))
    for figures in ("gallery.figures", "gallery_page.figures"):
        monkeypatch.setattr(f"benches.{figures}", lambda home: iter(()))
    monkeypatch.setattr("benches.window.figures", lambda: iter(()))
    monkeypatch.setattr("benches.start.figures", lambda checkout: iter(()))
    monkeypatch.setattr("benches.window_start.figures", lambda checkout: iter(()))
    monkeypatch.setattr("benches.engine.BENCHES", dict.fromkeys(BENCHES, lambda *of: iter(())))
    for function in FUNCTIONS.values():
        monkeypatch.setattr(f"gdm_studio.engine.speed_benchmark.{function}", lambda *of: iter(()))
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path))
    assert run(["bench", *words]) == 0
    assert asked == built


@pytest.mark.usefixtures("_only_steps_take_time")
def test_network_time_is_measured_apart_from_the_rest() -> None:
    found = measured("network", step_seconds=0.02)
    assert found["network"] == pytest.approx(20)
    assert found["everything but the network"] == pytest.approx(0, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*ALL} - {"network", "busy", "memory", "models", "workers", "streaming"}))
def test_every_figure_is_a_non_negative_number(name: str) -> None:
    found = measured(name, request=replace(REQUEST, steps=2))
    assert found and all(value >= 0 for value in found.values())


@pytest.mark.usefixtures("_only_steps_take_time")
def test_a_batch_is_compared_with_single_images() -> None:
    found = measured("batch", step_seconds=0.02)
    assert found["batch of 4, largest distance"] <= 1
    assert found["batch of 4, speed"] == pytest.approx(4), "the model needs as long for four as for one"


@pytest.mark.usefixtures("_only_steps_take_time")
def test_speed_is_measured_by_batch_size() -> None:
    found = measured("speed", step_seconds=0.02)
    assert found["batch of 1, a step"] == pytest.approx(20) and len(found) == 6
    assert found["batch of 4, speed"] == pytest.approx(4 * found["batch of 1, speed"])


def test_batches_beyond_the_memory_are_not_measured() -> None:
    names = [figure.name for figure in speed_benchmark.measure_batches(low_memory_library(2), REQUEST)]  # type: ignore[arg-type]
    assert names == ["batch of 1, a step", "batch of 1, speed"]


def test_without_the_source_tree_the_machine_is_measured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # An installed program has no package of benchmarks.
    monkeypatch.setitem(sys.modules, "benches", None)
    asked: list[str] = []
    for name in OF_A_MACHINE:
        measure = f"gdm_studio.engine.speed_benchmark.{FUNCTIONS[name]}"
        monkeypatch.setattr(measure, lambda *of, name=name: iter(asked.append(name) or ()))
    assert run(["bench"]) == 0 and tuple(asked) == OF_A_MACHINE
    assert run(["bench", "speed", "ui"]) == 2
    said = capsys.readouterr().err
    assert "'ui'" in said and "source tree" in said and "`gdm-studio bench speed`" in said and len(said) < 200


@pytest.mark.slow
def test_listing_many_models_is_measured_in_child_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_models, "MODELS", 3)
    monkeypatch.setattr(many_models, "ROUNDS", 2)
    found = measured("models")
    assert len(found) == 3 and "3 models, never listed before" in found and all(value > 0 for value in found.values())


@pytest.mark.slow
def test_a_busy_core_is_started_and_ended() -> None:
    found = measured("busy", step_seconds=0.01)
    assert found["speed beside a busy core"] > 0


@pytest.mark.slow
def test_a_benchmark_library_is_built_once_and_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GDM_STUDIO_HOME", str(tmp_path))
    assert run(["bench", "gallery", "--pictures", "130", "--json"]) == 0
    found = {one["name"]: one["value"] for one in map(json.loads, capsys.readouterr().out.splitlines())}
    assert len(found) == 6 and all(value >= 0 for value in found.values())
    pictures = tmp_path / "cache" / "bench" / "gallery-130" / "pictures"
    drawn = sorted(pictures.iterdir())
    content = drawn[0].read_bytes()
    read_again = read(drawn[0])
    assert len(drawn) == 130 and read_again.tool == "GDM Studio" and f" {read_again.request.seed}.png" in drawn[0].name
    drawn[0].unlink()
    build(pictures.parent, 130, lambda *_: None)
    assert drawn[0].read_bytes() == content, "it is the same on every machine"
    gallery = opened(pictures.parent)
    assert gallery.count() == 130 and gallery.count("is:favourite") == 13 and sum(gallery.create_thumbnails()) == 0
    gallery.close()


def test_figures_against_diffusers_are_ratios(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {
        "ours": {
            "imported": 1.0,
            "ready": 2.0,
            "peak": 5,
            "pictures": {"fp32": 6.0, "bfloat16": 3.0},
            "levels": [1.0, 4.0],
        },
        "theirs": {
            "imported": 2.0,
            "ready": 6.0,
            "peak": 10,
            "pictures": {"fp32": 12.0},
            "levels": [2.0, 4.0],
        },
        "steps": {"ratios": {"fp32": 0.75, "bf16": 0.25}, "apart": 0.2},
        "write": {},
        "know": {},
    }
    monkeypatch.setattr(diffusers, "_run", lambda which, *of: told[which])
    monkeypatch.setattr(diffusers, "find_spec", lambda name: object())
    assert run(["bench", "--against", "diffusers", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    values = [round(each["value"], 3) for each in found]
    assert values == [0.333, 0.25, 0.75, 0.25, 0.5, 0.25, 0.5, 0.2, 0.5, 0.333, 0.25, 0.5]
    assert {each["bench"] for each in found} == {"diffusers"} and found[0]["goal"] == "≤ 0.5"
    monkeypatch.setattr(diffusers, "find_spec", lambda name: None)
    assert run(["bench", "--against", "diffusers"]) != 0
    assert "diffusers, transformers, safetensors must be installed" in capsys.readouterr().err


def test_a_negative_size_of_the_library_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "gallery", "--pictures", "-5"]) == 2
    assert "--pictures must be from 0" in capsys.readouterr().err
