"""Words that the folder of a model adds to the vocabulary of its text encoders, as diffusers saves them."""

from __future__ import annotations

import base64
import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.families import FAMILIES
from gdm_studio.models.families.shared_parts.clip_tokenizer import tokenizer_of_folder, tokenizers_of_files
from gdm_studio.models.families.shared_parts.prompt_tokenizer import (
    build_tokenizer,
    shipped_tokenizer,
    shipped_vocabulary,
)
from gdm_studio.models.families.shared_parts.vocabulary_files import read_vocabulary
from gdm_studio.models.families.stable_diffusion.conditioning import words_with_positions
from gdm_studio.models.families.stable_diffusion.token_windows import count_tokens
from gdm_studio.models.files.clip_words import MOST_WORDS
from gdm_studio.models.fingerprint import fingerprint
from gdm_studio.models.installed.scanner import FolderScanner, ScannedEntry
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.a1111_syntax import Weighted
from gdm_studio.networks.stable_diffusion.tokenizer import clip_tokenizer
from gdm_studio.networks.text_encoders.t5 import T5Config
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from tests.families.test_prompt_tokenizers import spm_of
from tests.helpers import tiny_stable, tiny_transformers

FORMS = ("tokenizer.json", "added_tokens.json", "tokenizer_config.json")
# Tokens that every tokenizer of CLIP names, and the padding token of SDXL's second one.
SPECIAL = {"<|startoftext|>": 49406, "<|endoftext|>": 49407, "!": 0}
# Token ids of transformers 5.24 after diffusers 0.42 has converted the prompt.
PROMPTS = {
    "a <toy>, x<toy>y!": [320, 49408, 49409, 49410, 267, 343, 49408, 49409, 49410, 344, 256],
    "<TOY> and a  <toy>": [49408, 537, 320, 49408, 49409, 49410],
    "Sks été sks ÉTÉ": [49411, 3459, 39694, 49411, 3459, 39694],
    "wd awd": [15998, 34846],
}
WORDS = {"<toy>": 49408, "<toy>_1": 49409, "<toy>_2": 49410, "Sks": 49411, "wd": 15998}
# Folders state no size, and the default of a transformer is a megapixel.
SIZE = (128, 128)
FLAGS: dict[str, dict[str, bool]] = {"wd": {"single_word": True}}


@pytest.mark.parametrize("form", FORMS)
def test_prompts_have_the_ids_of_transformers_and_diffusers(form: str, tmp_path: Path) -> None:
    words = dict(WORDS)
    prompts = dict(PROMPTS)
    if form == "added_tokens.json":
        # This file has no flags.
        del words["wd"], prompts["wd awd"]
    tokenizer = tokenizer_of_folder([write_words(tmp_path, words, form)], 49412, "tiny")
    assert tokenizer is not None
    assert {prompt: tokenizer.ids(prompt) for prompt in prompts} == prompts
    for prompt in ("a red fox!", "<|endoftext|> fox's", "été"):
        assert tokenizer.ids(prompt) == clip_tokenizer().encode(prompt).ids
    window = [Weighted("a <toy> sks fox")]
    assert words_with_positions([window], {}, tokenizer) == [
        ("a", [1]),
        ("<toy>", [2, 3, 4]),
        ("Sks", [5]),
        ("fox", [6]),
    ]


@pytest.mark.parametrize("form", ["tokenizer.json", "tokenizer_config.json"])
def test_prompts_for_t5_have_the_ids_of_transformers_and_diffusers(form: str, tmp_path: Path) -> None:
    words = {"<toy>": 32100, "<toy>_1": 32101, "<toy>_2": 32102, "Sks": 32103, "wd": 32104}
    write_t5(tmp_path, words, form)
    vocabulary = read_vocabulary(tmp_path)
    assert vocabulary is not None
    tokenizer = build_tokenizer("t5", vocabulary)
    toy = [32100, 32101, 32102]
    # Token ids of transformers 5.24 after diffusers 0.42 has converted the prompt.
    prompts = {
        "a <toy>, x<toy>y!": [3, 9, *toy, 3, 6, 3, 226, *toy, 3, 63, 55, 1],
        "Sks été sks ÉTÉ": [32103, 1366, 3, 7, 157, 7, 7983, 382, 6759, 1],
        "a wd awd wdx": [3, 9, 32104, 3, 9, 210, 26, 3, 210, 26, 226, 1],
        "ﬁ Sks ＜toy＞": [361, 32103, 32100, 1],
        "x <toy>_1 z": [3, 226, 32101, 3, 172, 1],
    }
    assert {prompt: tokenizer.encode(prompt, expands=True) for prompt in prompts} == prompts
    assert tokenizer.encode("a <toy> <toy>_1") == [3, 9, 32100, 32101, 1]
    assert tokenizer.encode("a <toy>", 4, expands=True) == [3, 9, 32100, 1]
    assert tokenizer.spans("a <toy> x", expands=True) == [(0, 1), (0, 1), *[(2, 7)] * 3, (8, 9), (8, 9), (0, 0)]


def test_a_word_of_thousands_of_vectors_takes_little_memory(tmp_path: Path) -> None:
    """A long prompt of such words is cut to the length of the text encoder before it is a list."""
    write_t5(tmp_path, {f"<toy>_{at}" if at else "<toy>": 32100 + at for at in range(5000)}, "tokenizer.json")
    vocabulary = read_vocabulary(tmp_path)
    assert vocabulary is not None
    tokenizer = build_tokenizer("t5", vocabulary)
    tracemalloc.start()
    try:
        assert tokenizer.encode("<toy> " * 1000, 512, expands=True) == [*range(32100, 32611), 1]
        assert len(tokenizer.spans("<toy> " * 1000, 512, expands=True)) == 512
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


def test_a_vocabulary_whose_words_would_get_other_ids_is_refused(tmp_path: Path) -> None:
    write_t5(tmp_path, {"": 32100, "<toy>": 32101}, "tokenizer.json")
    vocabulary = read_vocabulary(tmp_path)
    assert vocabulary is not None
    with pytest.raises(ModelError):
        build_tokenizer("t5", vocabulary)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "prompt"), [("flux1 dev", "<toy>"), ("chroma", "<toy>"), ("sd3", "<toy> <toy>_1")])
def test_words_of_several_vectors_are_expanded_as_by_the_pipelines_of_diffusers(kind: str, prompt: str) -> None:
    folder = tiny_transformers.write_folder(paths.models_dir() / "tiny", kind)
    before = generate_image(Library(), "a blue red house")
    t5 = shipped_tokenizer("t5")
    assert t5 is not None
    for part, config in tiny_transformers.KINDS[kind].texts.items():
        file = folder / part / "model.safetensors"
        if isinstance(config, T5Config):
            found = load_file(file)
            found["shared.weight"][[32100, 32101]] = found["shared.weight"][t5.encode("blue red")[:2]]
            save_file(found, file)
            write_t5(folder / part.replace("text_encoder", "tokenizer"), {"<toy>": 32100, "<toy>_1": 32101})
        else:
            add_rows(file, "blue red")
            write_words(folder, {"<toy>": 49408, "<toy>_1": 49409}, "tokenizer.json", part)
    library = Library()
    assert np.array_equal(generate_image(library, f"a {prompt} house"), before)
    assert not np.array_equal(generate_image(library, "a <toy>_1 house"), before)
    assert np.array_equal(generate_image(library, "a <toy> house"), before) == (kind != "sd3")


def test_tokens_that_every_tokenizer_names_change_nothing(tmp_path: Path) -> None:
    for form in FORMS:
        assert tokenizer_of_folder([write_words(tmp_path / form, {}, form)], 49408, "tiny") is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"<toy>": 49410}, "whose ids cannot be read"),
        ({"fox</w>": 49408}, "whose ids cannot be read"),
        ({"<toy>": 49408, "<toy>_1": 49409, "<toy>_2": 49410}, "its text encoder lacks some of them"),
        ({"x" * 300: 49408}, "is damaged"),
        ({"": 49408}, "is damaged"),
        ({"\ud800": 49408}, "is damaged"),
        ({"<toy>": "49408"}, "is damaged"),
        ({f"<{at}>": 49408 + at for at in range(MOST_WORDS + 1)}, "whose ids cannot be read"),
    ],
)
def test_words_that_cannot_be_read_are_refused(words: dict[str, Any], message: str, tmp_path: Path) -> None:
    for form in ("tokenizer.json", "added_tokens.json"):
        file = write_words(tmp_path / form, words, form)
        with pytest.raises(ModelError, match=message) as refused:
            tokenizer_of_folder([file], 49410, "tiny")
        assert str(refused.value).count(".json") <= 1 and str(refused.value).endswith(".")


def test_a_word_longer_than_a_window_is_refused(tmp_path: Path) -> None:
    words = {f"<toy>_{at}" if at else "<toy>": 49408 + at for at in range(76)}
    with pytest.raises(ModelError, match="a word of 76 tokens"):
        tokenizer_of_folder([write_words(tmp_path, words, "tokenizer.json")], 50000, "tiny")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "form"), [("sd1", FORMS[0]), ("sd1", FORMS[1]), ("sdxl", FORMS[2])])
def test_a_word_of_the_folder_is_its_rows_of_the_embedding_table(kind: str, form: str) -> None:
    folder = tiny_stable.write_folder(paths.models_dir() / "tiny", kind)
    library = Library()
    before, split = (generate_image(library, f"a {word} house") for word in ("blue red", "<toy>"))
    weights = fingerprint(library.card("tiny"))
    for text in sorted(folder.glob("text_encoder*")):
        add_rows(text / "model.safetensors", "blue red")
    library = Library()
    unnamed = fingerprint(library.card("tiny"))
    assert np.array_equal(generate_image(library, "a <toy> house"), split), "no tokenizer names the rows"
    for text in sorted(folder.glob("text_encoder*")):
        write_words(folder, {"<toy>": 49408, "<toy>_1": 49409}, form, text.name)
    assert np.array_equal(generate_image(library, "a blue red house"), before)
    assert np.array_equal(generate_image(library, "a <toy> house"), before)
    assert not np.array_equal(before, split)
    assert len({weights, unnamed, fingerprint(library.card("tiny"))}) == 3


@pytest.mark.slow
def test_the_counted_tokens_are_those_of_the_text_encoder_with_most() -> None:
    folder = tiny_stable.write_folder(paths.models_dir() / "tiny", "sdxl")
    prompt = "a <toy> house"
    assert count(prompt) == count_tokens(prompt) == (5, 75)
    words = {"<toy>": 49408} | {f"<toy>_{at}": 49408 + at for at in range(1, 9)}
    write_words(folder, words, "tokenizer.json", "text_encoder_2")
    assert count(prompt) == (11, 75)
    assert count(" ".join([prompt] * 8)) == (75 + 21, 150), "no word is split"
    (folder / "tokenizer_2" / "tokenizer.json").write_text("[]")
    assert count(prompt) == (5, 75), "loading the model reports damaged files"


def count(prompt: str) -> tuple[int, int]:
    tokenizers = tokenizers_of_files(Library().card("tiny").weights)
    return count_tokens(prompt, tokenizers=tokenizers)


@pytest.mark.slow
def test_a_changed_tokenizer_invalidates_the_card() -> None:
    folder = tiny_stable.write_folder(paths.models_dir() / "tiny")
    scanner = FolderScanner(FAMILIES)

    def scan() -> ScannedEntry:
        for file in (folder, *folder.rglob("*")):
            os.utime(file, (86_400, 86_400))
        return next(each for each in scanner.scan() if each.path == str(folder))

    before = scan()
    assert scan() is before and before.card is not None
    for form in FORMS:
        write_words(folder, {}, form)
        assert scan() is not before
        before = scan()


@pytest.mark.slow
def test_the_encoders_of_a_model_may_have_different_words() -> None:
    folder = tiny_stable.write_folder(paths.models_dir() / "tiny", "sdxl")
    add_rows(folder / "text_encoder" / "model.safetensors", "blue red")
    plain = generate_image(Library(), "a <toy> house")
    write_words(folder, {"<toy>": 49408, "<toy>_1": 49409}, "tokenizer.json")
    library = Library()
    assert not np.array_equal(generate_image(library, "a <toy> house"), plain)
    # The second encoder splits the word, and needs another window.
    assert generate_image(library, "<toy> " * 36).shape == plain.shape


def generate_image(library: Library, prompt: str) -> np.ndarray:
    request = Request(
        prompt=prompt, model="tiny", steps=1, size=SIZE, guidance_scale=1.0, device="cpu", dtype="fp32", seed=7
    )
    (result,) = (event for event in generate(request, library) if isinstance(event, Result))
    return result.rgba


def write_t5(folder: Path, words: dict[str, int], form: str = "tokenizer.json") -> None:
    """Write T5's tokenizer with added words."""
    folder.mkdir(exist_ok=True)
    vocabulary = shipped_vocabulary("t5")
    assert vocabulary is not None
    tokens = {str(number): {"content": word, **FLAGS.get(word, {})} for word, number in words.items()}
    if form == "tokenizer_config.json":
        (folder / "spiece.model").write_bytes(spm_of(vocabulary))
        (folder / form).write_text(json.dumps({"added_tokens_decoder": tokens}))
        return
    whole = [{"content": word, "id": vocabulary.pieces[word], "special": True} for word in vocabulary.whole]
    # Words are not always listed in the order of their ids.
    added = [{**token, "id": int(number)} for number, token in reversed(tokens.items())]
    model = {"vocab": list(zip(vocabulary.pieces, vocabulary.scores, strict=True))}
    table = base64.b64encode(vocabulary.characters).decode()
    normalizer = {"type": "Precompiled", "precompiled_charsmap": table}
    (folder / form).write_text(json.dumps({"model": model, "added_tokens": [*whole, *added], "normalizer": normalizer}))


def add_rows(file: Path, words: str) -> None:
    """Append the rows of these words to the embedding table of a text encoder."""
    found = load_file(file)
    (name,) = (name for name in found if name.endswith("token_embedding.weight"))
    found[name] = torch.cat([found[name], found[name][clip_tokenizer().encode(words).ids]])
    save_file(found, file)


def write_words(folder: Path, words: dict[str, Any], form: str, part: str = "text_encoder") -> Path:
    """Write the file of a tokenizer that names added words besides the special tokens. Returns the path of the weights
    of the text encoder.
    """
    place = folder / part.replace("text_encoder", "tokenizer")
    place.mkdir(parents=True, exist_ok=True)
    tokens = {
        content: {"id": number, "content": content, "special": content in SPECIAL, **FLAGS.get(content, {})}
        for content, number in (SPECIAL | words).items()
    }
    found: dict[str, Any] = {"added_tokens": list(tokens.values()), "model": {"vocab": {}}}
    if form == "added_tokens.json":
        found = SPECIAL | words
    elif form == "tokenizer_config.json":
        found = {"added_tokens_decoder": {str(each.pop("id")): each for each in tokens.values()}}
    (place / form).write_text(json.dumps(found))
    return folder / part / "model.safetensors"
