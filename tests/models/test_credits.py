"""The text that credits the authors of a model's training drawings."""

from __future__ import annotations

from dataclasses import replace

from gdm_studio.models.credits import credit_text
from gdm_studio.models.model_card import Source
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN
from tests.helpers.gaussian_model import CARD


def test_the_built_in_model_names_every_source_with_its_licence_and_links() -> None:
    card = Library().card(BUILT_IN)
    text = credit_text(card)
    lines = text.splitlines()
    assert card.title in lines[0] and card.licence in lines[0]
    for source in card.sources:
        (line,) = [line for line in lines if line.startswith(f"- {source.title} by ")]
        assert source.author in line and source.licence in line and source.url in line
        assert any(line.startswith(f"- {source.licence}: https://") for line in lines)


def test_a_set_without_a_title_is_named_by_its_id() -> None:
    source = Source("my-set", "Someone", "MIT", "https://example.org")
    assert "- my-set by Someone, MIT, https://example.org\n" in credit_text(replace(CARD, sources=(source,)))


def test_a_model_without_sources_has_no_credits() -> None:
    assert credit_text(replace(Library().card(BUILT_IN), sources=())) == ""
