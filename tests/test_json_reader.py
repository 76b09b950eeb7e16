"""The bounded JSON reader, and every file of the program that is read with it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.common import archive_errors, errors, json_reader, paths, repair_log
from gdm_studio.common.json_reader import MAX_DEPTH, MAX_DIGITS, parse_json, read_json
from gdm_studio.jobs.queue import progress_of
from gdm_studio.models.installed.model_options import load_choices
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.window_state_file import Session

BOMBS = {
    "digits": "1" + "0" * 400,
    "more digits": "9" * 5000,
    "exponent": "1e999",
    "nan": "NaN",
    "deep": "[" * 100_000 + "]" * 100_000,
    "deep but parsed": "[" * 400 + "]" * 400,
    "half a letter": '"\\ud800"',
    "nul": '"\\u0000"',
}


@pytest.fixture(params=BOMBS.values(), ids=BOMBS.keys())
def bomb(request: pytest.FixtureRequest) -> str:
    """Return a JSON value that raises an exception other than ValueError in some parser."""
    text: str = request.param
    return text


def test_ordinary_values_equal_those_of_the_standard_parser() -> None:
    text = json.dumps({"a": [1, -2, 2**63, 0.5, None, True, "é\ud800", float("inf")], "b": {}})
    assert parse_json(text) == parse_json(text.encode()) == json.loads(text)
    assert parse_json("9" * MAX_DIGITS) == int("9" * MAX_DIGITS)
    assert parse_json("9" * 5000) == -parse_json("-" + "9" * 400) == float("inf")
    assert parse_json("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None


TOO_DEEP = "[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2)


@pytest.mark.parametrize("text", ["", "{", "1 2", TOO_DEEP, "[" * 10**6, b"\xff"])
def test_invalid_json_raises_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        parse_json(text)


def test_files_above_the_size_limit_are_refused(tmp_path: Path) -> None:
    (tmp_path / "large.json").write_text(" " * 2000 + "1")
    assert read_json(tmp_path / "large.json") == 1
    with pytest.raises(ValueError, match="too long"):
        read_json(tmp_path / "large.json", max_bytes=2000)


FIELDS = ["order", "pictures", "crashes", "made", "state", "error", "request"]


@pytest.mark.parametrize("name", FIELDS)
def test_one_bad_queue_item_does_not_stop_the_queue(
    name: str, bomb: str, _own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["queue", "add", "a red fox"]) == run(["queue", "add", "an owl"]) == 0
    files = sorted((paths.data_dir() / "queue").glob("*.json"), key=lambda path: "fox" not in path.read_text())
    values = json.loads(files[0].read_text()) | {name: "BOMB"}
    if name == "request":
        values["request"] = json.loads(files[1].read_text())["request"] | {"seed": "BOMB", "steps": "BOMB"}
    files[0].write_text(json.dumps(values).replace('"BOMB"', bomb))
    capsys.readouterr()
    for words in (["list"], ["add", "a disc"], ["list"], ["clear"]):
        assert run(["queue", *words]) == 0, words
    shown = capsys.readouterr()
    assert "an owl" in shown.out and "unforeseen" not in shown.err
    assert "a red fox" not in shown.out or name == "error"


@pytest.mark.parametrize("order", ["1e300", "-1e300", "9007199254740994", '"1"', "true"])
def test_an_order_out_of_range_is_reported_as_damage(order: str, _own_home: Path) -> None:
    run(["queue", "add", "a red fox"])
    (path,) = (paths.data_dir() / "queue").glob("*.json")
    path.write_text(path.read_text().replace('"order": 0.0', f'"order": {order}'))
    assert run(["queue", "list"]) == 0 and not path.exists()
    assert (path.parent / "damaged" / path.name).exists()


def test_items_after_the_largest_order_stay_in_range(_own_home: Path) -> None:
    run(["queue", "add", "a red fox"])
    (path,) = (paths.data_dir() / "queue").glob("*.json")
    path.write_text(path.read_text().replace('"order": 0.0', '"order": 9007199254740992'))
    for _ in range(3):
        assert run(["queue", "add", "an owl"]) == 0
    assert run(["queue", "list"]) == 0 and not (path.parent / "damaged").exists()


def _load_preferences() -> object:
    return preferences.load()


def _load_session() -> object:
    return Session.load(paths.data_dir())


FILES: dict[str, tuple[str, Callable[[], object], tuple[str, ...]]] = {
    "settings": (preferences.FILE, _load_preferences, ("threads", "cpu_share", "steps_gb", "library", "model_folders")),
    "session": ("window.json", _load_session, ("cell", "geometry", "recent", "request", "page", "set_open")),
    "choices": ("models.json", load_choices, ("/model.safetensors", "other")),
}


@pytest.mark.parametrize("file", FILES)
def test_every_file_of_the_data_folder_can_be_malformed(file: str, bomb: str, _own_home: Path) -> None:
    name, load, keys = FILES[file]
    usual = load()
    path = paths.data_dir() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    for text in (bomb, f"[{bomb}]", *(f'{{"{key}": {bomb}}}' for key in keys)):
        path.write_text(text)
        found = load()
        assert type(found) is type(usual)
        if isinstance(found, Session):
            assert 0 < found.cell < 2**31
        path.unlink()


def test_a_too_long_settings_file_is_reported_as_damage(_own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_reader, "MAX_BYTES", 4096)
    monkeypatch.setattr(read_json, "__kwdefaults__", {"max_bytes": 4096})
    preferences.save(preferences.Preferences(theme="dark"))
    path = paths.data_dir() / preferences.FILE
    path.write_text(path.read_text() + " " * 10_000)
    assert preferences.load() == preferences.Preferences()
    assert repair_log.take_unreported(paths.data_dir())


def test_invalid_requests_are_refused_and_invalid_steps_are_zero(bomb: str) -> None:
    from gdm_studio.common.errors import BadRequest
    from gdm_studio.denoising_steps.length_prefixed_records import pack

    for field in ("seed", "steps", "guidance_scale", "knobs", "size", "branch", "factors"):
        with pytest.raises(BadRequest):
            Request.from_json(f'{{"{field}": {bomb}}}')
    head = json.dumps({"__metadata__": {"step": f'{{"index": {bomb}}}'}}).encode()
    record = len(head).to_bytes(8, "little") + head
    assert progress_of(pack(record)) == 0


def test_a_repair_report_with_an_impossible_time_is_ignored(
    _own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = paths.data_dir() / repair_log.FOLDER
    folder.mkdir(parents=True)
    (folder / f"{'9' * 200}-0a0b0c0d{repair_log.SAID}").write_text("It was damaged.")
    (folder / f"{time.time_ns():020}-0a0b0c0d{repair_log.SAID}").write_text("The other was damaged.")
    run(["doctor"])
    shown = capsys.readouterr()
    assert "The other was damaged." in shown.out and "unforeseen" not in shown.err


def test_the_installer_knows_the_same_errors_of_malformed_files() -> None:
    assert archive_errors.MALFORMED == errors.MALFORMED
