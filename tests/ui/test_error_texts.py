"""Titles and sentences of errors in the language of the window."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.common import errors, paths
from gdm_studio.common.errors import BadRequest, ModelError, PromptError, StudioError
from gdm_studio.common.translatable_json import MAX_DEPTH
from gdm_studio.common.translation_markers import Sentence, translatable
from gdm_studio.gallery import read
from gdm_studio.jobs.workers.messages import error_in, of_error
from gdm_studio.models.adapters.lookup import find_adapter
from gdm_studio.models.dataclass_json import from_json, to_json
from gdm_studio.models.installed.scanner import ScannedEntry
from gdm_studio.models.model_library import Library
from gdm_studio.request.prompt_templates import draw
from gdm_studio.studio.settings_import import RestoredRequest, restore_request
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.translation import error_text, error_title, sentence_text
from tests.helpers.languages import language
from tests.helpers.pseudo_locale import UPDATE
from tests.helpers.window import click, notices, run_in_window, until, wait_for_notice
from tests.models.test_model_metadata import write_lora

TRANSLATED = [code for code in UPDATE["LANGUAGES"] if code != "en"]
CLASSES = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, StudioError)]


def wildcard_error(name: str, lines: str | None = None) -> PromptError:
    """Return the error that a prompt gives with a wildcard file of these lines, or without the file."""
    if lines is not None:
        paths.wildcards_dir().mkdir(parents=True, exist_ok=True)
        (paths.wildcards_dir() / f"{name}.txt").write_text(lines)
    with pytest.raises(PromptError) as raised:
        draw(f"a __{name}__", [1])
    return raised.value


def test_a_missing_wildcard_is_reported_in_the_language_of_the_window(home: Path) -> None:
    async def play(window: Window) -> None:
        controls = window.create_page.controls
        controls.prompt.set_text("a __nothing__ disc")
        click(controls.button)
        await wait_for_notice(window, "Es gibt keine Wildcard namens „nothing“; nothing.txt in ")
        assert any(notice.startswith("Den Prompt prüfen ") for notice in notices(window))
        window.request_draft.change(dtype="fp32")
        await until(lambda: notices(window) == [])

    with language("de"):
        run_in_window(play)


@pytest.mark.parametrize("code", TRANSLATED)
def test_titles_of_errors_are_translated(code: str) -> None:
    assert len(CLASSES) > 8
    with language(code):
        assert [kind.title for kind in CLASSES if error_title(kind) == kind.title] == []


def test_an_english_window_shows_the_sentence_of_the_command_line(home: Path) -> None:
    error = wildcard_error("missing")
    assert str(error).startswith("There is no wildcard called 'missing'; put missing.txt into ")
    with language("en"):
        assert error_text(error) == str(error) and error_title(error) == "Check the prompt"


def test_numbers_have_the_notation_of_the_language(home: Path) -> None:
    error = wildcard_error("long", "x" * 2001)
    assert "more than 2,000 characters" in str(error)
    with language("de"):
        assert "mehr als 2.000 Zeichen" in error_text(error)


def test_an_error_without_a_template_remains_english() -> None:
    with language("de"):
        assert error_text(BadRequest("A {plain} sentence.")) == "A {plain} sentence."


def test_an_error_within_a_sentence_is_translated_too() -> None:
    inner = translatable("{folder} is read-only; choose another folder.", folder="/a")
    error = PromptError(translatable("The wildcard {name!r} cannot be read: {error}", name="b", error=inner))
    assert str(error) == "The wildcard 'b' cannot be read: /a is read-only; choose another folder."
    with language("de"):
        assert error_text(error) == (
            "Die Wildcard „b“ kann nicht gelesen werden: /a ist schreibgeschützt; einen anderen Ordner wählen."
        )


def test_similar_names_are_suggested_in_the_language(home: Path) -> None:
    with pytest.raises(ModelError) as raised:
        Library().card("ganpoints")
    names = ["gan-points", "ddgan-points", "gamma-points"]
    assert str(raised.value) == f"There is no model called 'ganpoints'; did you mean {' or '.join(names)}?"
    with language("de"):
        told = f"Es gibt kein Modell namens „ganpoints“; war {' oder '.join(names)} gemeint?"
        assert error_text(raised.value) == told


def sent(error: StudioError) -> StudioError:
    """Return an error as the program receives it from a worker."""
    return error_in(json.loads(json.dumps(of_error(error))))


def test_an_error_of_another_process_is_translated(home: Path) -> None:
    error = wildcard_error("nothing")
    copy = sent(error)
    assert (type(copy), str(copy)) == (PromptError, str(error))
    with language("fr"):
        assert error_text(copy) == error_text(error) != str(error)


def test_sentences_within_the_error_of_another_process_are_translated(home: Path) -> None:
    for name in ("grain-a", "grain-b"):
        write_lora(name)
    with pytest.raises(BadRequest) as raised:
        find_adapter("grain")
    copy = sent(raised.value)
    assert str(copy) == "There is no LoRA called 'grain'; did you mean grain-b or grain-a?"
    with language("de"):
        assert error_text(copy) == "Es gibt kein LoRA namens „grain“; war grain-b oder grain-a gemeint?"


def test_sentences_within_a_cached_sentence_are_translated() -> None:
    inner = translatable("{folder} is read-only; choose another folder.", folder="/a")
    outer = translatable("The wildcard {name!r} cannot be read: {error}", name="b", error=inner)
    copy = from_json(ScannedEntry, json.loads(json.dumps(to_json(ScannedEntry("c", reason=outer)))))
    assert copy.reason == outer
    with language("de"):
        assert sentence_text(copy.reason) == sentence_text(outer) != outer
        assert "/a ist schreibgeschützt" in sentence_text(copy.reason)


def test_sentences_that_are_nested_too_deeply_become_texts() -> None:
    sentence: str = "end"
    for _ in range(MAX_DEPTH + 3):
        sentence = translatable("{first} or {second}", first="a", second=sentence)
    copy = sent(StudioError(sentence))
    assert str(copy) == sentence
    with language("de"):
        assert error_text(copy) == "a oder " * MAX_DEPTH + "a or a or a or end"


def test_a_library_without_models_says_so_in_a_sentence_of_its_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Library, "cards", lambda library: [])
    with pytest.raises(ModelError, match="'fox', and no other; put a model file") as raised:
        Library().card("fox")
    sentence = raised.value.sentence
    assert isinstance(sentence, Sentence) and sentence.values == {"name": "fox"}


def test_a_sentence_can_be_pickled() -> None:
    for sentence in (Sentence("Plain."), translatable("{first} or {second}", first="a", second="b")):
        copy = pickle.loads(pickle.dumps(sentence))
        assert (copy, copy.template, copy.values) == (sentence, sentence.template, sentence.values)


def test_an_empty_template_is_not_sent() -> None:
    assert of_error(StudioError(Sentence("A plain sentence."))) == of_error(StudioError("A plain sentence."))


def test_unsafe_characters_of_a_quoted_value_are_escaped() -> None:
    error = BadRequest(
        translatable("There is no LoRA called {name!r}; did you mean {names}?", name="a\x1bb", names="c")
    )
    with language("de"):
        assert error_text(error) == "Es gibt kein LoRA namens „a\\x1bb“; war c gemeint?"


def test_long_values_are_shortened_in_every_language() -> None:
    error = BadRequest(
        translatable("There is no LoRA called {name!r}; did you mean {names}?", name="x" * 200, names="b")
    )
    with language("de"):
        assert error_text(error) == f"Es gibt kein LoRA namens „{'x' * 79}…“; war b gemeint?"


def test_the_reason_of_a_refused_file_is_translated_after_a_restart(home: Path) -> None:
    file = paths.models_dir() / "broken.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"\x08\0\0\0\0\0\0\0nonsense")
    # A file that has just changed is not cached.
    os.utime(file, (86_400, 86_400))
    for _ in range(2):
        # The second library reads the cache of the first one.
        (refused,) = Library().refused()
        assert refused.reason == "broken.safetensors is not a model file, or it is damaged; choose another file."
        with language("de"):
            assert sentence_text(refused.reason).startswith("broken.safetensors ist keine Modelldatei")


def test_files_that_are_not_here_are_named_in_the_language(tmp_path: Path) -> None:
    hashes = ', Model hash: 0123456789, Model: dream, Lora hashes: "fur: abcdef012345", Lora weights: "fur: 1"'
    info = PngInfo()
    info.add_text("parameters", f"a disc\nSteps: 4, Sampler: Euler, CFG scale: 2, Seed: 5{hashes}, Version: v1.10.1")
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png", pnginfo=info)
    found = restore_request(read(tmp_path / "a.png"), [])
    assert found.missing == ("model dream (hash 0123456789)", "LoRA fur (hash abcdef012345)")
    used = RestoredRequest(found.metadata, others=found.missing)
    assert used.warning == f"Used by its name, though its hash is another: {', '.join(found.missing)}."
    with language("ja"):
        texts = [sentence_text(each) for each in found.missing]
        assert texts == ["モデル dream（ハッシュ 0123456789）", "LoRA fur（ハッシュ abcdef012345）"]
        assert sentence_text(used.warning).endswith(f"：{', '.join(texts)}。")
