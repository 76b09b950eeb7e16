"""Which weights made a step: named in its file, found in the models folder under any name, asked for where missing."""

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

from gdm_studio import paths
from gdm_studio.cli.main import run
from gdm_studio.engine import resuming, step_codec, steps, trajectory
from gdm_studio.engine.film import views_of
from gdm_studio.engine.generate import generate
from gdm_studio.engine.reproduce import reproducing
from gdm_studio.errors import ModelError, StorageError
from gdm_studio.gallery import Gallery, read
from gdm_studio.models.fingerprint import FIRST, fingerprint, noted
from gdm_studio.models.library import Library, exact
from gdm_studio.request import BUILT_IN, Request
from gdm_studio.run import Advance, Result
from tests.helpers import old_steps, tiny_model

REQUEST = Request(model="tiny", prompt="a red disc", steps=4, guidance_scale=2.0, seed=5, device="cpu", dtype="fp32")
ASKS = r"made by other weights of tiny \(hash {}\); put that model's files into the models folder"


@pytest.fixture
def old(_own_home: Path, tmp_path: Path) -> Path:
    """A model "tiny", which made things, and is in the models folder."""
    return tiny_model.write(paths.models_dir() / "tiny", seed=1)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """Another of the same name."""
    return tiny_model.write(tmp_path / "new", seed=2)


def replaced(old: Path, new: Path, aside: Path) -> None:
    """The new model instead of the old, which goes aside."""
    shutil.move(old.parent, aside)
    shutil.copytree(new.parent, old.parent)


def results(request: Request = REQUEST, **options: Any) -> list[Any]:
    return list(generate(request, Library(), **options))


def finished(events: list[Any]) -> Result:
    return next(event for event in events if isinstance(event, Result))


def ended(events: Any) -> Any:
    while True:
        try:
            next(events)
        except StopIteration as end:
            return end.value


def test_every_file_of_steps_names_the_weights_that_made_it(old: Path, tmp_path: Path) -> None:
    weights = fingerprint(Library().card("tiny"))
    events = results()
    advance = next(event for event in events if isinstance(event, Advance))
    (saved,) = steps.saved_steps(advance, REQUEST)
    steps.save(tmp_path / "a.step", saved)
    assert len(weights) == 10 and steps.load(tmp_path / "a.step").weights == weights
    assert trajectory.load(finished(events).steps).log.weights == weights


def test_steps_of_other_weights_ask_for_them_and_go_on_once_they_are_there(
    old: Path, new: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gallery = Gallery.open()
    events = results()
    made, advance = finished(events), next(event for event in events if isinstance(event, Advance))
    picture = gallery.keep(made)
    steps.save(tmp_path / "a.step", steps.saved_steps(advance, REQUEST)[0])
    kept, weights = trajectory.load(made.steps), fingerprint(Library().card("tiny"))
    replaced(old, new, tmp_path / "aside")
    assert fingerprint(Library().card("tiny")) != weights

    asks = ASKS.format(weights)
    assert read(picture.path).request == made.request and trajectory.load(made.steps).whole.keys() == kept.whole.keys()
    for using in (
        lambda: next(views_of(kept, Library())),
        lambda: steps.load(tmp_path / "a.step").exactly(Library()),
        lambda: ended(reproducing(made.rgba, made.request, Library(), made_with=made.made.note())),
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
    for name in ("mine", "tiny"):  # found whatever it is called
        (tmp_path / "aside" / "card.json").write_text(json.dumps(json.loads(own) | {"name": name}), encoding="utf-8")
        assert run(["models", "add", str(tmp_path / "aside" / "tiny.safetensors"), "--json"]) == 0
        added = json.loads(capsys.readouterr().out)
        assert added["name"] == (name if name == "mine" else f"tiny@{weights}")
        assert exact(Library(), "tiny", weights) == added["name"] and Library().card("tiny").path == old
        assert len(list(views_of(kept, Library()))) == 4
        verdict = ended(reproducing(made.rgba, made.request, Library(), made_with=made.made.note()))
        assert verdict.answer == "exactly"
        saved = steps.load(tmp_path / "a.step").exactly(Library())
        assert np.array_equal(finished(results(saved.request, resume=saved.step)).rgba, made.rgba)
        assert run(["reproduce", str(picture.path)]) == 0 and run(["film", str(picture.path), "--to", film]) == 0
        assert run(["generate", "a blue disc", "--branch", str(picture.path), "--step", "2"]) == 0
        capsys.readouterr()
        shutil.rmtree(Path(added["path"]).parent)
    gallery.close()


def test_a_branch_is_made_by_the_weights_of_its_parent(old: Path, new: Path, tmp_path: Path) -> None:
    parent = Request(model="tiny", steps=4)
    branch = replace(parent, branch=steps.Branch(parent, 2))
    of = replace(branch, branch=steps.Branch(branch, 3)).made_by("tiny@0123456789")
    assert of.model == of.branch.parent.model == of.branch.parent.branch.parent.model == "tiny@0123456789"


def test_a_run_that_other_weights_began_is_begun_again(old: Path, new: Path, tmp_path: Path) -> None:
    stood = bytearray()
    keeper = resuming.StepsKept(lambda data, anew: stood.extend(data))
    for event in generate(REQUEST, Library()):
        if isinstance(event, Advance) and event.step.index <= 2:
            keeper.add(event)
    keeper.flush()
    made = finished(list(resuming.going_on(REQUEST, Library(), stood=bytes(stood))))
    assert np.array_equal(made.rgba, finished(results()).rgba)
    replaced(old, new, tmp_path / "aside")
    fresh = finished(results())
    assert np.array_equal(finished(list(resuming.going_on(REQUEST, Library(), stood=bytes(stood)))).rgba, fresh.rgba)


def test_files_that_name_no_weights_are_of_the_first_version() -> None:
    assert noted({}, "icons") == FIRST["icons"] and noted({}, "mine") == "" and noted({"weights": ""}, "icons") == ""
    with pytest.raises(ValueError):
        noted({"weights": 5}, "icons")


def test_a_step_written_before_is_of_the_first_version(old: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.step"
    advance = next(event for event in results() if isinstance(event, Advance))
    steps.save(path, replace(steps.saved_steps(advance, REQUEST)[0], request=replace(REQUEST, model="icons")))
    path.write_bytes(old_steps.to_bytes(step_codec.read(path.read_bytes()), weights=None))
    assert steps.load(path).weights == FIRST["icons"]


def test_a_model_is_added_once_and_only_when_it_is_sound(
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


def test_a_variant_brings_the_model_that_it_shares_parts_with(_own_home: Path, tmp_path: Path) -> None:
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
        "card.json", f"{BUILT_IN}-fast.json", f"{BUILT_IN}-fast.safetensors", f"{BUILT_IN}.recall.safetensors",
        f"{BUILT_IN}.safetensors", f"{BUILT_IN}.sketch.safetensors", f"{BUILT_IN}.text.safetensors",
        f"{BUILT_IN}.vae.safetensors", "origins.xz",
    ]  # fmt: skip


def test_a_disk_that_takes_no_model_keeps_none(new: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gdm_studio.models import adding

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(adding.shutil, "copyfileobj", full)
    with pytest.raises(StorageError, match="is full"):
        adding.add(new, Library())
    assert list(paths.models_dir().iterdir()) == []
