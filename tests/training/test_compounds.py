"""Building of the compounds from a small archive of WordNet, with word counts in place of MiniLM's vectors."""

import lzma
from pathlib import Path

import pytest

from gdm_studio.common.errors import ModelError
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.compounds import FILE as COMPOUNDS
from gdm_studio.models.prompts.compounds import Compounds, read_compounds
from gdm_studio.training.table_builders import compounds
from tests.training.test_suggestions import WordCounts, archive_of

NOUNS = """\
00000001 05 n 01 race_dog 0 001 @ 00000002 n 0000 | unlike anything
00000002 05 n 01 dog 0 001 ~ 00000001 n 0000 | a friend
00000003 06 n 01 helicopter 0 000 | machine that hovers above ground
00000004 06 n 01 garden_machine 0 000 | machine that hovers above ground
00000005 06 n 01 Garden_Horse 0 000 | machine that hovers above ground
00000006 06 n 01 horse 0 000 | unlike other things
00000007 06 n 01 shoe 0 000 | unlike all things
00000008 05 n 01 garden_friend 0 001 @ 00000002 n 0000 | nothing similar
00000009 06 n 01 green 0 000 | colour
00000010 06 n 01 house 0 000 | home
00000011 06 n 01 machine 0 000 | apparatus
00000012 06 n 01 container 0 001 ~ 00000013 n 0000 | whatever holds others
00000013 06 n 01 bucket 0 001 @ 00000012 n 0000 | round
00000014 18 n 01 friend 0 000 | another self
"""
INDEX = """\
race_dog n 1 1 @ 1 0 00000001
dog n 1 1 ~ 1 1 00000002
helicopter n 1 0 1 0 00000003
garden_machine n 1 0 1 0 00000004
garden_horse n 1 0 1 0 00000005
horse n 1 0 1 0 00000006
shoe n 1 0 1 0 00000007
garden_friend n 1 1 @ 1 0 00000008
green n 1 0 1 0 00000009
house n 1 0 1 0 00000010
machine n 1 0 1 0 00000011
container n 1 1 ~ 1 0 00000012
bucket n 1 1 @ 1 0 00000013
friend n 1 0 1 0 00000014
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Compounds:
    """Compounds that are built for a copy of the built-in model."""
    folder = tmp_path_factory.mktemp("model")
    shipped = Library().card("icons-2").path
    assert shipped is not None
    for file in shipped.parent.iterdir():
        if file.name != COMPOUNDS:
            (folder / file.name).symlink_to(file)
    source = archive_of(tmp_path_factory.mktemp("npm"), NOUNS, INDEX)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compounds, "Encoder", WordCounts)
        size = compounds.build(folder / "card.json", source=source)
    assert (folder / COMPOUNDS).stat().st_size == size
    return read_compounds(folder / COMPOUNDS, 0)


def test_a_compound_gets_the_drawing_with_a_similar_definition(built: Compounds) -> None:
    assert built.names["garden machine"] == "helicopter"


def test_a_compound_without_a_similar_drawing_gets_its_hypernym(built: Compounds) -> None:
    assert built.names["garden friend"] == "dog"


def test_kinds_of_the_last_word_and_proper_nouns_are_left_out(built: Compounds) -> None:
    assert built.names.keys().isdisjoint(("race dog", "garden horse"))


def test_names_may_be_written_with_or_without_a_space(built: Compounds) -> None:
    assert (built.names["horse shoe"], built.names["polarbear"]) == ("horseshoe", "polar bear")
    # A green house is a house.
    assert "green house" not in built.names


def test_drawn_containers_are_found(built: Compounds) -> None:
    assert built.containers == ("bucket",)


@pytest.mark.parametrize("content", [b"no table", lzma.compress(b'{"names": [1]}'), lzma.compress(b"[" * 100_000)])
def test_a_damaged_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / COMPOUNDS
    path.write_bytes(content)
    with pytest.raises(ModelError, match="copy the model's whole folder again"):
        read_compounds(path, len(content))
