"""Training process: the time left, recipes of the settings, and the phases of a run as one."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
import pytest

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.papers.training.recipe import SystemRecipe, total_samples
from gdm_studio.studio import training
from gdm_studio.studio.training import FINE_TUNE, LORA, TrainingRun, TrainingSettings, trainable_systems
from gdm_studio.studio.training_process import LiveWriter, on_preferred_device, recipe_of
from gdm_studio.training.captioned_folder import FolderProblems
from gdm_studio.training.lora.fine_tune_recipe import FineTuneRecipe
from gdm_studio.training.run_state_file import LIVE, LiveState
from gdm_studio.training.run_state_file import SETTINGS as SETTINGS_FILE

SETTINGS = TrainingSettings("pictures", "", "mine", samples=10_000, method="ddpm", size=32)


def test_the_time_left_is_right_after_a_tenth(tmp_path: Path) -> None:
    """Steps of uneven length, and sheets that take a sixth of the time."""
    rng = np.random.default_rng(0)
    times, now, due = [], 1000.0, 1060.0
    for _ in range(4_000):
        now += rng.uniform(0.05, 0.25)
        if now > due:
            now += 10
            due = now + 50
        times.append(now)
    place = iter(times)
    writer = LiveWriter(tmp_path, clock=lambda: next(place))
    for step in range(len(times) // 10):
        writer.follow(step, 8 * (step + 1), 8 * len(times), 0.5)
    state = LiveState.load(tmp_path)
    assert state is not None
    left = times[-1] - times[state.seen // 8 - 1]
    assert abs(state.seconds_left / left - 1) < 0.15


@pytest.mark.parametrize("size", [32, 64, 128])
def test_every_system_has_a_recipe_of_the_chosen_length(size: int) -> None:
    found = trainable_systems()
    assert len(found) > 20 and all(each.samples > 1_000 for each in found)
    assert next(each for each in found if each.name == "ddpm").backbones[0] == "unet"
    for each in found:
        recipe = recipe_of(replace(SETTINGS, method=each.name, size=size))
        assert isinstance(recipe, SystemRecipe) and (recipe.title, recipe.size) == ("mine", size), each.name
        assert total_samples(recipe) == pytest.approx(10_000, abs=2), each.name


def test_settings_are_checked() -> None:
    recipe = recipe_of(replace(SETTINGS, backbone="dit", learning_rate=0.001))
    assert (recipe.backbone, recipe.learning_rate) == ("dit", 0.001)  # type: ignore[attr-defined]
    tuned = recipe_of(replace(SETTINGS, method=FINE_TUNE, base="tiny"))
    assert isinstance(tuned, FineTuneRecipe) and tuned.base == "tiny"
    for wrong in (
        replace(SETTINGS, method="consistency"),
        replace(SETTINGS, method="os"),
        replace(SETTINGS, backbone="os"),
        replace(SETTINGS, size=7),
        replace(SETTINGS, learning_rate=-1.0),
        replace(SETTINGS, samples=0),
        replace(SETTINGS, title=".."),
    ):
        with pytest.raises(BadRequest):
            recipe_of(wrong)


def test_the_preparation_is_recorded_and_kept_while_training(tmp_path: Path) -> None:
    now = iter(range(100, 1_000, 10))
    writer = LiveWriter(tmp_path, clock=lambda: next(now))
    writer.follow_problems(FolderProblems([Path("owl.png")]))
    writer.follow_preparation(3, 20)
    state = LiveState.load(tmp_path)
    assert state is not None and (state.status, state.encoded, state.images) == ("preparing", 3, 20)
    writer.follow(1, 8, 64, 0.5)
    state = LiveState.load(tmp_path)
    assert state is not None and (state.status, state.seen) == ("running", 8)
    assert (state.left_out, state.first_left_out) == (1, "owl.png")
    # A file of an earlier version.
    old = json.loads((tmp_path / "live.json").read_text())
    new = ("encoded", "images", "left_out", "first_left_out")
    (tmp_path / "live.json").write_text(json.dumps({k: v for k, v in old.items() if k not in new}))
    state = LiveState.load(tmp_path)
    assert state is not None and (state.seen, state.encoded, state.images) == (8, 0, 0)


def test_the_time_left_is_unknown_until_the_speed_is_measured(tmp_path: Path) -> None:
    LiveWriter(tmp_path).save("paused")
    times = (100.0, 101.5, 110.0)
    now = iter(times)
    writer = LiveWriter(tmp_path, clock=lambda: next(now))
    left = []
    for step in range(len(times)):
        writer.follow(step, 8 * step, 96, 0.5)
        state = LiveState.load(tmp_path)
        assert state is not None
        left.append(state.seconds_left)
    assert left == [math.inf, math.inf, 50.0]


def test_the_first_step_is_recorded_at_once(tmp_path: Path) -> None:
    writer = LiveWriter(tmp_path, clock=lambda: 100.0)
    writer.save("preparing")
    writer.follow_preparation(10, 10)
    for step in (1, 2):
        writer.follow(step, 8 * step, 64, 0.5)
        state = LiveState.load(tmp_path)
        assert state is not None and (state.status, state.step) == ("running", 1)


def test_the_settings_of_the_libraries_come_before_torch() -> None:
    code = """
import sys
from pathlib import Path
from gdm_studio.engine import torch_startup
from gdm_studio.studio import training_process
torch_startup.prepare = lambda: sys.exit("torch is imported" if "torch" in sys.modules else "prepared")
training_process._train(Path(), None)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.stderr.strip() == "prepared"


class EndlessProcess:
    """Process of a run that ends only when it is killed."""

    is_killed = False

    def poll(self) -> int | None:
        return 0 if self.is_killed else None

    def kill(self) -> None:
        self.is_killed = True

    def wait(self) -> None:
        pass


@pytest.mark.parametrize("status", ["preparing", "running"])
def test_the_end_of_the_preparation_kills_no_process_that_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    monkeypatch.setattr(training, "PREPARING_SECONDS", 0.0)
    process = EndlessProcess()
    monkeypatch.setattr(training.subprocess, "Popen", lambda *args, **kwargs: process)
    run = TrainingRun(tmp_path)
    run.start(replace(SETTINGS, images=str(tmp_path)))
    (tmp_path / LIVE).write_bytes(LiveState(status, seen=8, samples=64).to_json())
    run.request_stop()
    run.end_preparation()
    assert process.is_killed == (status == "preparing")
    assert run.is_active == (status == "running")
    run.wait(0.0)
    assert process.is_killed, "closing the window ends it"


@pytest.mark.parametrize(("chosen", "expected"), [(1, 1), (3, 3), (100, 8)])
def test_a_lora_uses_the_threads_of_the_settings(chosen: int, expected: int) -> None:
    preferences.save(replace(preferences.load(), device="cpu", threads=chosen))
    recipe = on_preferred_device(recipe_of(replace(SETTINGS, method=LORA, base="tiny")))
    assert (recipe.device, recipe.threads) == ("cpu", expected), "a batch of eight has eight parts"
    system = recipe_of(SETTINGS)
    assert on_preferred_device(system) == system


@pytest.mark.parametrize("method", [LORA, "ddpm"])
def test_the_result_of_a_run_replaces_no_file_of_the_same_name(method: str, tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_text(json.dumps(asdict(replace(SETTINGS, method=method))), "utf-8")
    product = tmp_path / "mine.safetensors"
    run = TrainingRun(tmp_path)
    installed = []
    for content in (b"first", b"second", b"second", b"first"):
        product.write_bytes(content)
        installed.append(run.install())
    assert installed[1] == installed[2] and installed[0] == installed[3] != installed[1]
    assert [path.read_bytes() for path in installed[:2]] == [b"first", b"second"]
    place = paths.models_dir() if method == LORA else paths.models_dir() / "trained"
    assert sorted(each.name for each in place.iterdir()) == (
        ["mine (2).safetensors", "mine.safetensors"] if method == LORA else ["mine", "mine (2)"]
    )


# Settings of the window that may change when a run resumes, with another value of each setting.
MAY_CHANGE = {"samples", "prompts", "sheet_minutes", "learning_rate", "keeps_running"}
OTHERS = {int: 4_000, str: "other", float: 0.5, bool: True}


@pytest.mark.parametrize("method", [LORA, FINE_TUNE, "ddpm"])
@pytest.mark.parametrize("name", [each.name for each in fields(TrainingSettings) if each.name != "title"])
def test_a_run_resumes_with_the_same_settings_and_a_finished_one_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, name: str
) -> None:
    monkeypatch.setattr(training.subprocess, "Popen", lambda *args, **kwargs: None)
    settings = replace(SETTINGS, method=method)
    changed = replace(settings, **{name: OTHERS[type(getattr(settings, name))]})
    product = tmp_path / ("mine" if method == FINE_TUNE else "") / "mine.safetensors"
    product.parent.mkdir(exist_ok=True)
    product.write_bytes(b"weights")
    run = TrainingRun(tmp_path)

    def write(status: str) -> None:
        (tmp_path / SETTINGS_FILE).write_text(json.dumps(asdict(settings)))
        (tmp_path / LIVE).write_bytes(LiveState(status, seen=10_000, samples=10_000).to_json())

    def contents() -> dict[Path, bytes]:
        return {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}

    for status in ("paused", "done"):
        write(status)
        before = contents()
        if name in MAY_CHANGE and status == "paused":
            run.start(changed)
            assert run.settings == changed
            continue
        sentence = "mine was started with other settings; choose another name."
        if name == "images":
            sentence = "mine has learned from other pictures; choose another name."
        if name in MAY_CHANGE:
            sentence = "mine is finished: all 10000 samples are trained; "
            sentence += "raise the samples to train on, or choose another name."
        with pytest.raises(BadRequest) as raised:
            run.start(changed)
        assert str(raised.value) == sentence and contents() == before
    # With more samples, or without its result, it is started.
    if name in MAY_CHANGE:
        run.start(replace(changed, samples=20_000))
        write("done")
        product.unlink()
        run.start(changed)
