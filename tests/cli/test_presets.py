"""`--preset` on the command line: its settings, and the options that change them."""

from __future__ import annotations

import argparse
from dataclasses import replace

import pytest

from gdm_studio.cli.main import run
from gdm_studio.cli.options import add_options, card_for, request_from
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import Request
from gdm_studio.studio import presets
from gdm_studio.studio.presets import Preset


def parse(*words: str) -> Request:
    parser = argparse.ArgumentParser()
    add_options(parser)
    args = parser.parse_args(words)
    return request_from(args, card_for(args, Library()))


@pytest.fixture(autouse=True)
def _preset() -> None:
    usual = Library().card("icons-2").default_request()
    saved = replace(usual, model="icons-2", prompt="an {owl|owl}", sampler="ddim", steps=7, knobs={"eta": 0.5})
    presets.save("Slow owl", Preset.of(saved, with_prompt=True))


def test_a_preset_gives_settings_that_options_change() -> None:
    request = parse("--preset", "slow OWL", "--seed", "3")
    assert (request.prompt, request.template) == ("an owl", "an {owl|owl}")
    assert (request.model, request.sampler, request.steps, request.knobs) == ("icons-2", "ddim", 7, {"eta": 0.5})
    request = parse("a hen", "--preset", "Slow owl", "--steps", "9")
    assert (request.prompt, request.template, request.steps, request.sampler) == ("a hen", "", 9, "ddim")
    request = parse("a hen", "--preset", "Slow owl", "--sampler", "lms")
    assert (request.sampler, request.steps, request.knobs) == ("lms", 30, {})


def test_an_unknown_preset_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["generate", "a hen", "--preset", "Gone"]) == 2
    assert "no preset called 'Gone'; there are Slow owl" in capsys.readouterr().err
