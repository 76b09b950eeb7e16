"""The saved session of the window: a round trip of every field, and damaged files."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from gdm_studio.common import repair_log
from gdm_studio.common.errors import StorageError
from gdm_studio.ui.window_state_file import FILE, Session
from tests.helpers.requests import BASE, FULL

SESSION = Session(
    geometry="AdnQ", page="gallery", request=replace(FULL, branch=None).checked(), single=BASE.checked(),
    unhurried=BASE.checked(),
    usual=BASE.checked(), left=((BASE.checked(), replace(BASE, style="flat").checked()),),
    things="fox\nowl", set_open=True, image_set="{}", fast_lent=True, views_open=True, all_schedulers=True,
    all_models=True, seed_locked=True, row_open=True, more_open=True,
    cell=120, oldest_first=True, controls_width=400, gallery_width=300, noisy_share=0.3,
    recent=("b", "a"), compared=("a.png",), sketch=("white", "", "a"), painted=("a", "b"), painted_region=("0", "a"),
    training="{}", paused_training="fox", exported='{"form": "webp"}',
)  # fmt: skip


def test_the_session_saves_and_loads_every_field(tmp_path: Path) -> None:
    assert all(getattr(SESSION, each.name) != getattr(Session(), each.name) for each in fields(Session))
    assert Session.load(tmp_path) == Session()
    SESSION.save(tmp_path / "data")
    assert Session.load(tmp_path / "data") == SESSION
    Session().save(tmp_path / "data")
    assert Session.load(tmp_path / "data") == Session()
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        SESSION.save(tmp_path / "file")


def test_a_bad_value_or_request_resets_only_itself(tmp_path: Path) -> None:
    SESSION.save(tmp_path)
    whole = json.loads((tmp_path / FILE).read_text())
    for change, expected in (
        ({"later": 1}, SESSION),
        ({"request": {"steps": -1}}, replace(SESSION, request=None)),
        ({"unhurried": "x"}, replace(SESSION, unhurried=None)),
        ({"left": [[{"steps": -1}, {}]]}, replace(SESSION, left=())),
        ({"recent": []}, replace(SESSION, recent=())),
        ({"cell": 1}, replace(SESSION, cell=1)),
        *(({name: value}, replace(SESSION, **{name: getattr(Session(), name)})) for name, value in BAD),
    ):
        (tmp_path / FILE).write_text(json.dumps(whole | change))
        assert Session.load(tmp_path) == expected, change
    for name in ("geometry", "cell", "recent"):
        (tmp_path / FILE).write_text(json.dumps({key: value for key, value in whole.items() if key != name}))
        assert Session.load(tmp_path) == replace(SESSION, **{name: getattr(Session(), name)})


@pytest.mark.parametrize("text", ["", "[]", "{", "1", '{"recent": 5}', '{"cell": 0}'])
def test_a_damaged_session_is_renamed_and_reported_once(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert Session.load(tmp_path) == Session.load(tmp_path) == Session()
    (aside,) = tmp_path.glob(f"{FILE}.*")
    (said,) = repair_log.take_unreported(tmp_path)
    assert aside.read_text() == text and aside.name in said


BAD: list[tuple[str, object]] = [
    ("geometry", 3), ("page", None), ("things", ["fox"]), ("seed_locked", 1), ("more_open", "yes"), ("cell", 0),
    ("cell", -5), ("cell", 88.0), ("oldest_first", None), ("recent", [1]), ("recent", 5), ("exported", {}),
    ("controls_width", 0), ("gallery_width", "x"), ("left", {}), ("left", [{}]), ("left", [[1]]),
]  # fmt: skip
