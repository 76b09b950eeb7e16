"""Invalid files in the models folder: each is reported with one reason, and everything else works."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gdm_studio import doctor
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN
from tests.helpers import tiny_model
from tests.helpers.shipped_models import SHIPPED


@pytest.fixture(scope="module")
def valid_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "tiny"
    tiny_model.write(folder)
    return folder


@pytest.fixture
def folder(valid_model: Path, _own_home: Path) -> Path:
    """Copy a user's model, to be damaged."""
    return Path(shutil.copytree(valid_model, paths.models_dir() / "tiny"))


def read_parts(path: Path) -> tuple[dict[str, Any], bytes]:
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def write_parts(path: Path, text: str, rest: bytes) -> None:
    path.write_bytes(struct.pack("<Q", len(text.encode())) + text.encode() + rest)


def in_header(**changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        entries, rest = read_parts(folder / "tiny.safetensors")
        entries["__metadata__"] |= changes
        write_parts(folder / "tiny.safetensors", json.dumps(entries), rest)

    return change


def in_entry(name: str, value: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        entries, rest = read_parts(folder / "tiny.safetensors")
        next(entry for key, entry in entries.items() if key != "__metadata__")[name] = value
        write_parts(folder / "tiny.safetensors", json.dumps(entries), rest)

    return change


def with_text(text: str) -> Callable[[Path], None]:
    return lambda folder: write_parts(folder / "tiny.safetensors", text, b"")


def in_card(**changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        (folder / "card.json").write_text(json.dumps(card | changes), encoding="utf-8")

    return change


def with_file(name: str, make: Callable[[Path], object]) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return change


DAMAGES: dict[str, Callable[[Path], None]] = {
    "base is empty": in_header(base=""),
    "base is a number": in_header(base=5),
    "base has a zero in it": in_header(base="a\0b"),
    "base is elsewhere": in_header(base="../tiny.safetensors"),
    "no offsets": in_entry("data_offsets", []),
    "offsets beyond the end": in_entry("data_offsets", [0, 10**9]),
    "offsets backwards": in_entry("data_offsets", [9, 1]),
    "a shape of text": in_entry("shape", ["a"]),
    "a shape without end": in_entry("shape", [float("inf")]),
    "a key twice": with_text('{"__metadata__": {}, "__metadata__": {"format": "gdm-studio", "family": "icons"}}'),
    "deep": with_text("[" * 100_000),
    "a header longer than any": lambda folder: (folder / "tiny.safetensors").write_bytes(b"\xff" * 7 + bytes(9)),
    "latents of two numbers": in_card(latent=[4, 16]),
    "a size of text": in_card(size="64"),
    "a number that is none": in_card(data_scale=float("nan")),
    "a number beyond all": in_card(score_norms=[[10**400, 0.5]]),
    "more parameters than there can be": in_card(parameters=10**400),
    "styles are a number": in_card(styles=5),
    "figures are lists": in_card(figures={"a": []}),
    "a figure without end": in_card(figures={"a": float("inf")}),
    "half a letter": in_card(author="\ud800"),
    "defaults that cannot be": in_card(defaults={"steps": "many"}),
    "a card of a list": with_file("card.json", lambda path: path.write_text("[]")),
    "a card that is a pipe": with_file("card.json", os.mkfifo),
    "a pipe": with_file("tiny.safetensors", os.mkfifo),
    "a folder": with_file("tiny.safetensors", os.mkdir),
    "a loop of links": with_file("tiny.safetensors", lambda path: path.symlink_to(path.name)),
    "a device": with_file("tiny.safetensors", lambda path: path.symlink_to("/dev/zero")),
    "empty": with_file("tiny.safetensors", lambda path: path.touch()),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_model_is_reported_and_the_rest_works(
    folder: Path, damage: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    damage(folder)
    library = Library()
    (refused,) = library.refused()
    assert refused.path == folder / "tiny.safetensors" and refused.reason.isprintable()
    assert "tiny.safetensors" in refused.reason or "card.json" in refused.reason
    assert {card.name for card in library.cards()} == SHIPPED
    with pytest.raises(ModelError, match=re.escape(refused.reason)):
        library.card("tiny")
    with pytest.raises(ModelError):
        library.card(str(folder / "tiny.safetensors"))
    assert run(["models"]) == 0
    printed = capsys.readouterr().out.partition("cannot be used:")
    assert BUILT_IN in printed[0] and str(refused.path) in printed[2] and refused.reason in printed[2]
    assert run(["models", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row for row in rows if "error" in row] == [{"path": str(refused.path), "error": refused.reason}]
    (finding,) = (finding for finding in doctor.check_models() if finding.state != "ok")
    _, found, remedy = finding.texts()
    assert "tiny.safetensors" in found and remedy == refused.reason


def test_a_missing_part_is_reported_with_its_model(folder: Path) -> None:
    with_file("tiny.vae.safetensors", os.mkfifo)(folder)
    assert [one.path.name for one in Library().refused()] == ["tiny.safetensors", "tiny.vae.safetensors"]
    assert {card.name for card in Library().cards()} == SHIPPED


def test_parts_of_models_are_not_reported(folder: Path) -> None:
    assert Library().refused() == [] and "tiny" in [card.name for card in Library().cards()]


ODD = (
    None, "", 5, -1, 1e999, float("nan"), [], {}, [1], [[]], "x", "a\0b", "..", "\ud800", True, 10**400, 1.5, [None],
    {"a": 1}, "tiny.safetensors", [2**40, 1, 1],
)  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_random_values_raise_only_model_errors(folder: Path, seed: int) -> None:
    rng = random.Random(seed)
    name = rng.choice(["tiny.safetensors", "card.json", "config"])
    entries, rest = read_parts(folder / "tiny.safetensors")
    config = json.loads(entries["__metadata__"]["config"])
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    values = {"tiny.safetensors": entries, "card.json": card, "config": config}[name]
    for _ in range(rng.randint(1, 3)):
        _change(rng, values)
    if name == "card.json":
        (folder / "card.json").write_text(json.dumps(values), encoding="utf-8")
    else:
        entries["__metadata__"] = entries.get("__metadata__")
        if name == "config":
            entries["__metadata__"]["config"] = json.dumps(config)
        write_parts(folder / "tiny.safetensors", json.dumps(entries), rest)
    library = Library()
    assert {BUILT_IN, f"{BUILT_IN}-fast"} <= {card.name for card in library.cards()}
    assert all(one.reason.isprintable() for one in library.refused())


def _change(rng: random.Random, values: dict[str, Any]) -> None:
    """Replace or remove one value of an object, at any depth."""
    places = [(values, key) for key in values]
    places += [(inner, key) for inner in values.values() if isinstance(inner, dict) for key in inner]
    place, key = rng.choice(places)
    if rng.random() < 0.2:
        del place[key]
    else:
        place[key] = rng.choice(ODD)


# Content of files that are often saved in place of weights, and words by which they are named.
FOREIGN = {
    "a login page": (b"\n<!DOCTYPE html>\n<html><title>Log in</title></html>", "is a web page, such as a login page"),
    "xml": (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "is a web page"),
    "an error in JSON": (b'{"error":"Unauthorized"}', "is a text in JSON, such as a website's error message"),
    "a text": (b"Invalid username or password.", "is a text, not a model ('Invalid username or password.')"),
    "Git LFS": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4\n", "is a git-lfs pointer"),
    "nothing": (b"", "is empty"),
    "zeros": (bytes(5000), "contains only zeros so far"),
    "zip": (b"PK\5\6" + bytes(18), "is an empty ZIP archive"),
    "rar": (b"Rar!\x1a\x07\x01\x00" + bytes(range(90)), "is a RAR archive; unpack it"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(range(90)), "is a 7z archive; unpack it"),
    "gzip": (b"\x1f\x8b\x08" + bytes(range(90)), "is a gzip archive; unpack it"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(90)), "is a picture"),
}


@pytest.mark.parametrize("suffix", ["safetensors", "ckpt", "gguf"])
@pytest.mark.parametrize("content", FOREIGN)
def test_files_that_are_no_weights_are_named_as_what_they_are(
    content: str, suffix: str, _own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, words = FOREIGN[content]
    file = paths.models_dir() / f"style.{suffix}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    (refused,) = Library().refused()
    assert refused.reason.startswith(f"style.{suffix} {words}") and "damaged" not in refused.reason
    other = tmp_path / file.name
    other.write_bytes(data)
    assert run(["models", "add", str(other)]) != 0
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("style.safetensors.part", "is not completely downloaded"),
        ("style.AbC12.safetensors.crdownload", "is not completely downloaded"),
        ("Unconfirmed 123456.crdownload", "is not completely downloaded"),
        ("style.safetensors.aria2", "is not completely downloaded"),
        ("style.zip", "is an archive; unpack it"),
        ("style.rar", "is an archive; unpack it"),
    ],
)
def test_unfinished_downloads_and_archives_are_listed(
    name: str, words: str, _own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = paths.models_dir() / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bytes(range(100)))
    (paths.models_dir() / "notes.txt.part").write_bytes(b"1")
    (refused,) = Library().refused()
    assert refused.path == file and refused.reason.startswith(f"{name} {words}")
    other = tmp_path / name
    other.write_bytes(bytes(range(100)))
    assert run(["models", "add", str(other)]) != 0
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("name", ["ddpm", "gamma-points"])
def test_a_noise_schedule_of_a_billion_timesteps_is_refused_at_once(name: str, _own_home: Path) -> None:
    (source,) = (card.path for card in Library().cards() if card.name == name)
    assert source is not None
    head, rest = read_parts(source)
    config = json.loads(head["__metadata__"]["config"])
    config["card"]["process_numbers"]["timesteps"] = 10**9
    head["__metadata__"]["config"] = json.dumps(config)
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    write_parts(paths.models_dir() / "long.safetensors", json.dumps(head), rest)
    (refused,) = Library().refused()
    assert refused.path.name == "long.safetensors" and "noise schedule" in refused.reason


def test_an_icons_model_of_a_billion_timesteps_is_refused_at_once(folder: Path) -> None:
    head, rest = read_parts(folder / "tiny.safetensors")
    config = json.loads(head["__metadata__"]["config"])
    config["process"]["timesteps"] = 10**9
    head["__metadata__"]["config"] = json.dumps(config)
    write_parts(folder / "tiny.safetensors", json.dumps(head), rest)
    (refused,) = Library().refused()
    assert "is damaged" in refused.reason
