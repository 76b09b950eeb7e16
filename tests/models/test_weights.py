"""The weights that generated a step: named in its file, found under any model name, and requested if missing."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.denoising_steps import file_format, saved_step
from gdm_studio.engine import resume, step_history
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.reproduction import check_reproduction
from gdm_studio.engine.step_animation import views_of
from gdm_studio.gallery import Gallery, read
from gdm_studio.models.fingerprint import FIRST_RELEASE, fingerprint, weights_in_record
from gdm_studio.models.model_library import Library, name_with_weights
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import BUILT_IN, Request
from tests.helpers import old_steps, tiny_model

REQUEST = Request(model="tiny", prompt="a red disc", steps=4, guidance_scale=2.0, seed=5, device="cpu", dtype="fp32")
ASKS = r"made by other weights of tiny \(hash {}\); put that model's files into the models folder"


@pytest.fixture
def old(_own_home: Path, tmp_path: Path) -> Path:
    """Write the model "tiny" into the models folder."""
    return tiny_model.write(paths.models_dir() / "tiny", seed=1)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """Write another model of the same name elsewhere."""
    return tiny_model.write(tmp_path / "new", seed=2)


def replace_model(old: Path, new: Path, aside: Path) -> None:
    """Replace the old model by the new one and move the old one to `aside`."""
    shutil.move(old.parent, aside)
    shutil.copytree(new.parent, old.parent)


def run_events(request: Request = REQUEST, **options: Any) -> list[Any]:
    return list(generate(request, Library(), **options))


def result_of(events: list[Any]) -> Result:
    return next(event for event in events if isinstance(event, Result))


def return_value(events: Any) -> Any:
    while True:
        try:
            next(events)
        except StopIteration as end:
            return end.value


def test_saved_steps_name_their_weights(old: Path, tmp_path: Path) -> None:
    weights = fingerprint(Library().card("tiny"))
    events = run_events()
    advance = next(event for event in events if isinstance(event, StepEvent))
    (saved,) = saved_step.split_batch(advance, REQUEST)
    saved_step.save(tmp_path / "a.step", saved)
    assert len(weights) == 10 and saved_step.load(tmp_path / "a.step").weights == weights
    assert step_history.load(result_of(events).steps).log.weights == weights


@pytest.mark.slow
def test_steps_need_their_weights_and_work_once_these_are_added(
    old: Path, new: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gallery = Gallery.open()
    events = run_events()
    made, advance = result_of(events), next(event for event in events if isinstance(event, StepEvent))
    picture = gallery.save(made)
    saved_step.save(tmp_path / "a.step", saved_step.split_batch(advance, REQUEST)[0])
    kept, weights = step_history.load(made.steps), fingerprint(Library().card("tiny"))
    replace_model(old, new, tmp_path / "aside")
    assert fingerprint(Library().card("tiny")) != weights

    asks = ASKS.format(weights)
    assert (
        read(picture.path).request == made.request
        and step_history.load(made.steps).full_steps.keys() == kept.full_steps.keys()
    )
    for using in (
        lambda: next(views_of(kept, Library())),
        lambda: saved_step.load(tmp_path / "a.step").with_exact_weights(Library()),
        lambda: return_value(check_reproduction(made.rgba, made.request, Library(), made_with=made.made.note())),
    ):
        with pytest.raises(ModelError, match=asks):
            using()
    film = str(tmp_path / "a.gif")
    for command in (
        ["generate", "--from-step", str(tmp_path / "a.step")],
        ["generate", "a blue disc", "--branch", str(picture.path), "--step", "2"],
        ["film", str(picture.path), "--to", film],
        ["reproduce", str(picture.path)],
    ):
        assert run(command) == 2 and weights in capsys.readouterr().err

    own = (tmp_path / "aside" / "card.json").read_text(encoding="utf-8")
    # The weights are found under any name.
    for name in ("mine", "tiny"):
        (tmp_path / "aside" / "card.json").write_text(json.dumps(json.loads(own) | {"name": name}), encoding="utf-8")
        assert run(["models", "add", str(tmp_path / "aside" / "tiny.safetensors"), "--json"]) == 0
        added = json.loads(capsys.readouterr().out)
        assert added["name"] == (name if name == "mine" else f"tiny@{weights}")
        assert name_with_weights(Library(), "tiny", weights) == added["name"] and Library().card("tiny").path == old
        assert len(list(views_of(kept, Library()))) == 4
        verdict = return_value(check_reproduction(made.rgba, made.request, Library(), made_with=made.made.note()))
        assert verdict.answer == "exactly"
        saved = saved_step.load(tmp_path / "a.step").with_exact_weights(Library())
        assert np.array_equal(result_of(run_events(saved.request, resume=saved.step)).rgba, made.rgba)
        assert run(["reproduce", str(picture.path)]) == 0 and run(["film", str(picture.path), "--to", film]) == 0
        assert run(["generate", "a blue disc", "--branch", str(picture.path), "--step", "2"]) == 0
        capsys.readouterr()
        shutil.rmtree(Path(added["path"]).parent)
    gallery.close()


def test_a_branch_uses_the_weights_of_its_parent(old: Path, new: Path, tmp_path: Path) -> None:
    parent = Request(model="tiny", steps=4)
    branch = replace(parent, branch=saved_step.Branch(parent, 2))
    of = replace(branch, branch=saved_step.Branch(branch, 3)).with_model("tiny@0123456789")
    assert of.model == of.branch.parent.model == of.branch.parent.branch.parent.model == "tiny@0123456789"


def test_a_run_of_other_weights_restarts(old: Path, new: Path, tmp_path: Path) -> None:
    stood = bytearray()
    keeper = resume.StepWriter(lambda data, from_start: stood.extend(data))
    for event in generate(REQUEST, Library()):
        if isinstance(event, StepEvent) and event.step.index <= 2:
            keeper.add(event)
    keeper.flush()
    made = result_of(list(resume.resume_run(REQUEST, Library(), progress=bytes(stood))))
    assert np.array_equal(made.rgba, result_of(run_events()).rgba)
    replace_model(old, new, tmp_path / "aside")
    fresh = result_of(run_events())
    assert np.array_equal(
        result_of(list(resume.resume_run(REQUEST, Library(), progress=bytes(stood)))).rgba, fresh.rgba
    )


def test_files_without_weights_belong_to_the_first_version() -> None:
    assert (
        weights_in_record({}, "icons") == FIRST_RELEASE["icons"]
        and weights_in_record({}, "mine") == ""
        and weights_in_record({"weights": ""}, "icons") == ""
    )
    with pytest.raises(ValueError):
        weights_in_record({"weights": 5}, "icons")


def test_an_old_step_belongs_to_the_first_version(old: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.step"
    advance = next(event for event in run_events() if isinstance(event, StepEvent))
    saved_step.save(path, replace(saved_step.split_batch(advance, REQUEST)[0], request=replace(REQUEST, model="icons")))
    path.write_bytes(old_steps.to_bytes(file_format.read(path.read_bytes()), weights=None))
    assert saved_step.load(path).weights == FIRST_RELEASE["icons"]


def test_a_model_is_added_once_and_only_if_valid(
    new: Path, _own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", "add", str(new)]) == 0
    assert run(["models", "add", str(new)]) == 0
    assert [path.name for path in paths.models_dir().iterdir()] == ["tiny"]
    assert sorted(path.name for path in (paths.models_dir() / "tiny").iterdir()) == sorted(
        path.name for path in new.parent.iterdir()
    )
    assert Library().card("tiny").path == paths.models_dir() / "tiny" / "tiny.safetensors"
    data = new.read_bytes()
    for content in (b"", data[:-8], data.replace(b'"channels', b'"chennels')):
        new.write_bytes(content)
        assert run(["models", "add", str(new)]) == 2
    assert run(["models", "add", str(new.with_name("card.json"))]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert [path.name for path in paths.models_dir().iterdir()] == ["tiny"]


@pytest.mark.slow
def test_adding_a_variant_adds_its_base(_own_home: Path, tmp_path: Path) -> None:
    shipped = Library().card(f"{BUILT_IN}-fast")
    copy = Path(shutil.copytree(shipped.path.parent, tmp_path / "copy"))
    weights = load_file(copy / f"{BUILT_IN}-fast.safetensors")
    with safe_open(copy / f"{BUILT_IN}-fast.safetensors", "pt") as opened:
        metadata = opened.metadata()
    name = next(name for name, value in weights.items() if value.is_floating_point())
    save_file(weights | {name: weights[name] * 1.01}, copy / f"{BUILT_IN}-fast.safetensors", metadata)
    assert run(["models", "add", str(copy / f"{BUILT_IN}-fast.safetensors")]) == 0
    names = [path.name for path in (paths.models_dir() / f"{BUILT_IN}-fast").iterdir()]
    assert sorted(names) == [
        "card.json", "compounds.xz", "dictionary.xz", f"{BUILT_IN}-fast.json", f"{BUILT_IN}-fast.safetensors",
        f"{BUILT_IN}.rare.safetensors", f"{BUILT_IN}.recall.safetensors", f"{BUILT_IN}.safetensors",
        f"{BUILT_IN}.silhouettes.safetensors", f"{BUILT_IN}.sketch.safetensors", f"{BUILT_IN}.text.safetensors",
        f"{BUILT_IN}.vae.safetensors", "kinds.xz", "origins.xz", "suggestions.xz",
    ]  # fmt: skip


def test_a_full_disk_keeps_no_partial_model(new: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gdm_studio.models import importer

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(importer.shutil, "copyfileobj", full)
    with pytest.raises(StorageError, match="is full"):
        importer.import_model(new, Library())
    assert list(paths.models_dir().iterdir()) == []
