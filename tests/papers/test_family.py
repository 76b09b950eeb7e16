"""Family tree: its page equals the registry, its figures survive damage, its image strips come from the weights."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio import papers
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.models.model_library import Library
from gdm_studio.papers import family_tree
from gdm_studio.papers.system_description import Measurement, Summary
from gdm_studio.papers.training.model_file import write_model
from tests.papers.test_serving import CARD, network

ROOT = Path(__file__).parents[2]


def test_the_committed_page_is_what_the_registry_gives(tmp_path: Path) -> None:
    assert run(["systems", "--tree", str(tmp_path / "tree.md")]) == 0
    written = (tmp_path / "tree.md").read_text("utf-8")
    assert written == (ROOT / "docs" / "family_tree.md").read_text("utf-8"), (
        "run  gdm-studio systems --tree docs/family_tree.md"
    )
    anchors = {family_tree.anchor(each) for each in papers.all_systems().values()}
    assert set(re.findall(r"\]\(#([^)]+)\)", written)) <= anchors
    assert all(each in written for each in ("does not: its timesteps are fixed by hand", "Parti", "BigGAN"))


def test_the_readme_counts_the_claims() -> None:
    figures = family_tree.load_measurements(family_tree.shipped_folder())
    systems = papers.all_systems()
    outcomes = [systems[name].claim.outcome(figure) for name, figure in figures.items()]
    held, missed, undecided = (outcomes.count(each) for each in ("holds", "missed", "undecided"))
    counted = f"{held} hold, {missed} missed, {undecided} undecided, {len(systems) - len(figures)} not measured"
    assert f"{len(systems)} designs; claims: {counted}." in (ROOT / "README.md").read_text("utf-8")


def test_nothing_descends_from_what_came_later() -> None:
    every = papers.all_systems()
    for system in every.values():
        assert all(every[parent].year <= system.year for parent in system.parents), system.name
        assert system.starts and system.learned and system.step
    members = family_tree.members()
    assert members["ddim"].system.parents == ("ddpm",) and "ddim" in members["ddpm"].children


def test_a_figure_is_kept_and_what_is_damaged_is_none(tmp_path: Path) -> None:
    terms = {name: Summary(1.0, 1.0, 1.0) for name in papers.all_systems()["ddpm"].claim.terms}
    family_tree.save_measurement(tmp_path, "ddpm", Measurement(0.9, 0.88, 0.91, terms=terms))
    family_tree.save_measurement(tmp_path, "vae", Measurement(1.2, 1.0, 1.4))
    found = family_tree.members(figures=family_tree.load_measurements(tmp_path))
    missed = [family_tree.TERMS[name] for name in ("prediction", "states", "shares", "step", "fresh")]
    assert found["ddpm"].result_text == "; ".join(
        ["0.9 (0.88 to 0.91)", "the claim is missed", *missed, "its weights are not shipped"]
    )
    assert "Error of the modes’ shares: 0\u00a0to\u00a00.12; 1 (1 to 1)" in found["ddpm"].translated_terms()
    assert found["rin"].result_text == "not measured yet; not trained yet: gdm-studio train rin, 25 minutes"
    assert found["ddim"].result_text == "not measured yet; not trained yet: gdm-studio train ddpm, 21 minutes"
    for damage in ('{"ddpm": {"value": NaN, "low": 0, "high": 1}}', "[" * 100_000, '{"ddpm": 3}', "nonsense"):
        (tmp_path / "figures.json").write_text(damage)
        assert family_tree.load_measurements(tmp_path) == {}
    (tmp_path / "figures.json").write_text('{"other": {"value": 1, "low": 0, "high": 1}}')
    assert family_tree.load_measurements(tmp_path) == {}


def test_a_strip_of_points_is_drawn(tmp_path: Path) -> None:
    assert run(["systems", "--strips", "edm", "--out", str(tmp_path)]) == 0
    strip = np.asarray(Image.open(tmp_path / "edm.webp"))
    assert strip.shape == (132, 8 * 64 + 7 * 4, 4)
    predictions = [strip[-64:, left : left + 64, 3] for left in range(0, 8 * 68, 68)]
    spans = [np.ptp(np.nonzero(each.max(axis=0))[0]) for each in predictions]
    assert min(spans) < 16 and spans[-1] > 40, "the predictions are near the mean, and at last at all modes"


def test_the_systems_with_a_shipped_model_have_a_strip_and_no_others() -> None:
    """A strip of weights that nobody gets would show what the program cannot do."""
    members = family_tree.members(Library().cards())
    assert {name for name, member in members.items() if member.strip} == {
        name for name, member in members.items() if member.weights != "none"
    }


def test_a_strip_is_drawn_and_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = paths.models_dir() / "own"
    folder.mkdir(parents=True)
    card = CARD | {"name": "u-vit", "defaults": {"steps": 9, "sampler": "ddpm"}}
    write_model(folder / "u-vit.safetensors", {"denoiser": network()}, card, {})
    cards = Library().cards()
    assert family_tree.members(cards)["u-vit"].trained and family_tree.members(cards)["u-vit"].strip is None
    assert run(["systems", "--strips", "u-vit", "rin"]) == 0
    (said,) = capsys.readouterr().out.splitlines()
    assert (
        Path(said) == family_tree.local_folder() / "strips" / "u-vit.webp" == family_tree.members(cards)["u-vit"].strip
    )
    strip = np.asarray(Image.open(said))
    assert strip.shape == (132, 8 * 64 + 7 * 4, 4)
    first, last = strip[:64, :64], strip[:64, -64:]
    assert (first != last).any(), "x changes on the way"
    assert (last != strip[-64:, -64:]).sum() < (first != strip[-64:, :64]).sum(), "and ends in what is predicted"
