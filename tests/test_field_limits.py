"""Requests, settings and small helpers, field by field, at their limits and in round trips."""

from __future__ import annotations

import json
import math
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from gdm_studio import preferences
from gdm_studio.common import error_log, memory, paths, repair_log
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.preferences import Preferences
from gdm_studio.request.generation_request import (
    BUILT_IN,
    MAX_COUNT,
    MAX_OVERLAP,
    MAX_PADDING,
    MAX_STEPS,
    MAX_TARGETS,
    MAX_TILE,
    MAX_TILED_SIDE,
    SEED_LIMIT,
    Branch,
    ControlImage,
    Interpolation,
    Region,
    Request,
)
from gdm_studio.request.migrations import ABSENT

IMAGE_ID = "0123456789abcdef" * 4
PLAIN = Request(
    prompt='a "red" fox 🦊\n', negative_prompt="dull", style="noto", model="other", seed=7, count=3, batch=2,
    size=(64, 32), sampler="ddim", spacing="trailing", steps=9, knobs={"eta": 0.5}, guidance_scale=2.5, temperature=0.7,
    controls={"clip": 2.0}, image=IMAGE_ID, mask=IMAGE_ID[::-1], strength=0.3, inverted=True,
    toward=Interpolation("an owl", 9, 0.25, then=Interpolation("a hen", 10, 1.0)), device="cuda:1", dtype="bf16",
    label="cat", factors={"aesthetic": 6.5}, hints=(ControlImage("edges", IMAGE_ID, 0.8),),
    vae="soft", refiner="finer", upscaler="crisp", attention=True, grammar="plain", rules=1, plain_icon=True,
    template="a {fox|owl}", prompts=('a "red" fox 🦊\n', "an owl", "a hen"),
    inpaint_area="masked", inpaint_padding=48, image_prompt="a cat", cache_interval=3, tile=512, tile_overlap=96,
    regions=(Region("a hat", (0.1, 0.25, 0.5, 1.0), IMAGE_ID, "red", 0.75), Region("a 猫")), region_mode="attention",
)  # fmt: skip
FULL = replace(PLAIN, branch=Branch(replace(PLAIN, prompt="b", toward=None), 4)).checked()
# Each field's values at its limits, and values just beyond them.
LIMITS: dict[str, tuple[list[Any], list[Any]]] = {
    "seed": ([0, SEED_LIMIT - 1], [-1, SEED_LIMIT, 1.0, True, "1"]),
    "steps": ([1, MAX_STEPS], [0, MAX_STEPS + 1, 2.0]),
    "count": ([1, MAX_COUNT], [0, MAX_COUNT + 1]),
    "batch": ([0, MAX_COUNT], [-1, MAX_COUNT + 1]),
    "size": (
        [(8, MAX_TILED_SIDE), (MAX_TILED_SIDE, 8), None],
        [(7, 8), (8, 7), (MAX_TILED_SIDE + 1, 8), (8, MAX_TILED_SIDE + 1)],
    ),
    "guidance_scale": ([0, 0.0, 30.0], [-0.01, 30.01, math.nan, None]),
    "temperature": ([0.1, 2, 2.0], [0.09, 2.01, math.inf]),
    "rules": ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17], [0, 18, 1.5]),
    "strength": ([0.0, 1], [-0.01, 1.01]),
    "inpaint_area": (["whole", "masked"], ["Only masked", "", None]),
    "inpaint_padding": ([0, MAX_PADDING], [-1, MAX_PADDING + 1, 1.5]),
    "tile": ([0, MAX_TILE], [-1, MAX_TILE + 1, 1.5]),
    "tile_overlap": ([8, MAX_OVERLAP], [7, MAX_OVERLAP + 1, 9.5]),
    "regions": ([(), (Region("", (0.0, 0, 0.02, 1)),)], [None, "x", ("x",), (Region("", weight=1.01),)]),
    "region_mode": (["predictions", "attention"], ["Attention", "latent", "", None]),
    "image": (["", IMAGE_ID], [IMAGE_ID[1:], IMAGE_ID + "0", IMAGE_ID.upper(), "../" + IMAGE_ID[3:]]),
    "dtype": (["auto", "fp32", "bf16", "fp16"], ["fp64", "", None]),
    "device": (["auto", "anything"], [None, 3]),
    "prompt": (["", "x" * 10_000], [None, 3, b"x"]),
    "prompts": ([()], [None, "x", (3,), ("x",) * 3 + (None,)]),
    "model": ([BUILT_IN], [None]),
    "toward": (
        [None, Interpolation("", 0, 0.0), Interpolation("", SEED_LIMIT - 1, 1)],
        [Interpolation("", SEED_LIMIT, 0.5), "x"],
    ),
}


def test_every_field_of_a_request_survives_a_round_trip() -> None:
    defaults = [each.name for each in fields(Request) if getattr(FULL, each.name) == getattr(Request(), each.name)]
    assert defaults == [], "PLAIN has another value than the default for every setting"
    assert Request.from_json(FULL.to_json()) == FULL == FULL.checked()
    told = json.loads(FULL.to_json())
    assert {each.name for each in fields(Request)} | {"version"} == told.keys()
    # A file of an earlier version lacks the field.
    for each in fields(Request):
        left = {name: value for name, value in told.items() if name not in (each.name, "branch", "mask")}
        found = Request.from_json(json.dumps(left | ({"knobs": {}} if each.name == "sampler" else {})))
        with_default = getattr(Request(knobs=found.knobs), each.name)
        meant = ABSENT[each.name] if each.name in ("model", "rules") else with_default
        assert getattr(found, each.name) == meant, each.name


def test_values_are_accepted_up_to_their_limits() -> None:
    for name, (good, bad) in LIMITS.items():
        for value in good:
            assert getattr(replace(Request(), **{name: value}).checked(), name) == value, (name, value)
        for value in bad:
            with pytest.raises(BadRequest):
                replace(Request(), **{name: value}).checked()
    parent = Request(steps=9)
    for step, fits in ((0, True), (8, True), (9, False), (-1, False)):
        branch = replace(parent, branch=Branch(parent, step))
        if fits:
            assert branch.checked().branch == Branch(parent.checked(), step)
        else:
            with pytest.raises(BadRequest):
                branch.checked()


def test_a_request_splits_into_single_images() -> None:
    for index in range(3):
        alone = FULL.picture(index)
        assert (alone.seed, alone.count, alone.batch) == (7 + index, 1, 0)
        assert alone.toward == Interpolation("an owl", 9 + index, 0.25, then=Interpolation("a hen", 10 + index, 1.0))
        assert alone.branch is not None and alone.branch == Branch(FULL.branch.parent.picture(index), 4)  # type: ignore[union-attr]
        assert alone.picture(0) == alone and alone.checked() == alone
    last = Request(seed=SEED_LIMIT - 1, toward=Interpolation("", SEED_LIMIT - 1, 0.5)).picture(1)
    assert last.seed == 0 and last.toward is not None and last.toward.seed == 0
    grandchild = replace(FULL, branch=Branch(FULL, 5))
    other = grandchild.with_model("third")
    assert other.model == other.branch.parent.model == other.branch.parent.branch.parent.model == "third"  # type: ignore[union-attr]
    assert other.with_model("other") == grandchild


def test_interpolation_targets_are_chained_and_their_weights_add_up() -> None:
    one, two = Interpolation("an owl", 8, 0.25), Interpolation("a fox", 9, 0.5)
    begun = Request(prompt="a fox", seed=7)
    walk = begun.with_target(one).with_target(two)
    assert list(walk.targets()) == [replace(one, then=two), two] and list(begun.targets()) == []
    assert begun.seed_weights() == {7: 1.0} and begun.prompt_weights() == {"a fox": 1.0}
    assert walk.prompt_weights() == pytest.approx({"a fox": 0.75 * 0.5 + 0.5, "an owl": 0.25 * 0.5})
    seeds = walk.seed_weights()
    first = {7: math.cos(math.pi / 8), 8: math.sin(math.pi / 8)}
    expected = {7: first[7] * math.sqrt(0.5), 8: first[8] * math.sqrt(0.5), 9: math.sqrt(0.5)}
    assert seeds == pytest.approx(expected) and math.fsum(w * w for w in seeds.values()) == pytest.approx(1.0)
    for amount, seed in ((0.0, 7), (1.0, 8)):
        assert begun.with_target(replace(one, amount=amount)).seed_weights() == {seed: 1.0}, "both ends are exact"
    assert begun.with_target(replace(one, amount=1.0)).prompt_weights() == {"an owl": 1.0}
    back = begun.with_target(Interpolation("a fox", 7, 0.5))
    assert back.seed_weights() == {7: 1.0} == pytest.approx(back.with_target(Interpolation("", 7, 0.3)).seed_weights())
    long = begun
    for number in range(MAX_TARGETS):
        long = long.with_target(Interpolation("", number, 0.5))
    assert long.checked() == long
    with pytest.raises(BadRequest, match=f"{MAX_TARGETS} steps away"):
        long.with_target(one).checked()


def test_a_digest_depends_on_every_relevant_field_only() -> None:
    changes: dict[str, Any] = {
        "prompt": "x", "negative_prompt": "x", "style": "x", "model": "x", "seed": 8, "count": 4, "size": (32, 64),
        "sampler": "ddpm", "knobs": {"eta": 0.25}, "guidance_scale": 3.0, "temperature": 0.8, "controls": {},
        "spacing": "karras", "steps": 10, "image": IMAGE_ID[::-1], "mask": "", "strength": 0.4, "inverted": False,
        "toward": None, "label": "dog", "factors": {"aesthetic": 5.0}, "hints": (ControlImage("depth", IMAGE_ID, 0.5),),
        "vae": "", "refiner": "x", "upscaler": "y", "grammar": "auto", "rules": 2, "plain_icon": False, "prompts": (),
        "inpaint_area": "whole", "inpaint_padding": 32, "regions": (Region("a hat", weight=0.5),), "image_prompt": "",
        "cache_interval": 2, "tile": 256, "tile_overlap": 32, "region_mode": "predictions",
    }  # fmt: skip
    same = {"device": "cpu", "dtype": "fp32", "batch": 9, "attention": False, "template": "x"}
    missing = {each.name for each in fields(Request)} ^ {*changes, *same, "branch"}
    assert missing == set(), "every setting is in `changes` or, if it changes no image, in `same`"
    plain = PLAIN.checked()
    digests = {replace(plain, **{name: value}).digest() for name, value in changes.items()}
    assert len(digests | {plain.digest(), FULL.digest()}) == len(changes) + 2
    assert {replace(plain, **{name: value}).digest() for name, value in same.items()} == {plain.digest()}
    legs = [
        Interpolation("an owl", 9, 0.25),
        Interpolation("an owl", 9, 0.5),
        Interpolation("an owl", 8, 0.25),
        Interpolation("x", 9, 0.25),
    ]
    assert len({replace(plain, toward=leg).digest() for leg in [*legs, plain.toward]}) == 5
    assert FULL.branch is not None
    others = [replace(FULL.branch, step=5), replace(FULL.branch, parent=replace(FULL.branch.parent, seed=1))]
    assert len({replace(FULL, branch=one).digest() for one in [FULL.branch, *others]}) == 3


def test_settings_are_valid_up_to_their_limits() -> None:
    good = {
        "threads": (0, preferences.MAX_THREADS), "cpu_share": (0.05, 1, 1.0), "preview_share": (0, 1.0),
        "steps_mb_each": (0.1, 1024), "steps_gb": (0.1, 10_000), "format": preferences.FORMATS,
        "theme": preferences.THEMES, "library": ("", "/a"), "model_folders": ([], ["/a", "/b"]),
        "notify": (True, False),
    }  # fmt: skip
    bad = {
        "threads": (-1, preferences.MAX_THREADS + 1, 1.0), "cpu_share": (0.04, 1.01), "preview_share": (-0.01, 1.01),
        "steps_mb_each": (0.09, 1025, True), "steps_gb": (0.09, 10_001), "format": ("PNG", "jpg"),
        "theme": ("", "Dark"), "library": ("\0", "\ud800", 3), "model_folders": ("/a", [3]), "notify": (0, "yes"),
        "name_pattern": ("", "  "),
    }  # fmt: skip
    for is_good, table in ((True, good), (False, bad)):
        for name, values in table.items():
            assert all(preferences.is_valid(name, value) is is_good for value in values), (name, values)
    preferences.change({"steps_gb": 2.0, "theme": "dark"})
    preferences.change({"theme": "light"})
    assert preferences.load() == Preferences(steps_gb=2.0, theme="light")


def test_defaults_are_as_documented() -> None:
    assert Preferences() == Preferences(
        library="", name_pattern="{date} {prompt} {seed} {id}", format="png", device="auto", threads=0, cpu_share=1.0,
        preview_share=0.1, keep_steps=True, steps_mb_each=2.0, steps_gb=4.0, theme="system", notify=True,
        keep_awake=True, empty_bin_on_exit=True, model_folders=(),
    )  # fmt: skip
    assert Request() == Request(
        prompt="", negative_prompt="", style="", model=BUILT_IN, seed=0, count=1, batch=0, size=None,
        sampler="dpmpp_2m", spacing="karras", steps=20, knobs={}, guidance_scale=4.0, temperature=1.0, controls={},
        image="", mask="", strength=0.6, inverted=False, toward=None, branch=None, device="auto", dtype="auto",
    )  # fmt: skip


def test_the_last_errors_are_logged_without_user_text(monkeypatch: pytest.MonkeyPatch) -> None:
    assert error_log.last_lines(5) == []
    for number in range(3):
        try:
            Request(steps=-number).checked()
        except BadRequest as error:
            error_log.record_error(error)
    error_log.record_error(ValueError("my prompt"))
    lines = error_log.last_lines(9)
    assert len(lines) == 4 and error_log.last_lines(2) == lines[2:] and error_log.last_lines(0) == []
    kinds = [line.split(" ", 3)[3].partition(":")[0] for line in lines]
    assert kinds == ["unforeseen BadRequest at gdm_studio/request/setting.py"] * 3 + [
        "unforeseen ValueError at elsewhere"
    ]
    assert " < gdm_studio/request/generation_request.py:" in lines[0] and "my prompt" not in lines[3]
    monkeypatch.setattr(error_log, "MOST", 3)
    error_log.record_error(StorageError("full"))
    assert [line.split(" ")[4] for line in error_log.last_lines(9)] == ["BadRequest", "ValueError", "StorageError"]


def test_repairs_are_listed_for_a_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repair_log.record_repair(tmp_path, "An index.")
    (known,) = repair_log.recent(tmp_path)
    assert known.sentence == "An index." and abs(known.moment - time.time()) < 600
    now = known.moment
    monkeypatch.setattr(time, "time", lambda: now + 30 * 86_400 - 1)
    assert repair_log.take_unreported(tmp_path) == ["An index."] and repair_log.recent(tmp_path) == [known]
    monkeypatch.setattr(time, "time", lambda: now + 30 * 86_400 + 1)
    assert repair_log.recent(tmp_path) == [] and not list((tmp_path / repair_log.FOLDER).iterdir())


def test_sizes_and_paths_are_formatted(_own_home: Path) -> None:
    said = {
        0: "0 MB",
        499_999: "0 MB",
        1_500_001: "2 MB",
        999_000_000: "999 MB",
        10**9: "1.0 GB",
        144 * 10**7: "1.4 GB",
    }
    assert {size: memory.format_bytes(size) for size in said} == said
    assert (memory.in_use() or 1) > 0 and (memory.peak() or 1) >= (memory.in_use() or 0) // 4
    home = Path.home()
    assert [paths.display_path(home / "a" / "b"), paths.display_path(Path("/a/b")), paths.display_path(home)] == [
        str(Path("~/a/b")), str(Path("/a/b")), "~",
    ]  # fmt: skip
    assert paths.models_dir() == _own_home / "data" / "models" and paths.inputs_dir() == _own_home / "data" / "inputs"
    assert paths.cache_dir() == _own_home / "cache"
