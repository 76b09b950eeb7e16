"""The models page: search by words, family and tag; dropped files and folders, images, and models found by hash."""

from __future__ import annotations

import asyncio
import os
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from safetensors.torch import save_file

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.gallery import save
from gdm_studio.jobs.queue import ItemState
from gdm_studio.models.capabilities import CHOOSE_VAE
from gdm_studio.models.few_step_models import FEW_STEPS
from gdm_studio.models.files.civitai_info import NOT_SOLD, SOLD
from gdm_studio.models.files.hashes import known_hashes
from gdm_studio.models.importer import add_folder
from gdm_studio.models.installed.model_options import load_choices
from gdm_studio.models.installed.model_table import ModelTableRow
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import BUILT_IN, Request
from gdm_studio.ui.models.card_view import rights_words
from gdm_studio.ui.models.controller import ModelsController
from gdm_studio.ui.models.model_options import ModelChoices
from gdm_studio.ui.models.page import COLUMNS, NARROWEST, WIDEST, ModelsPage, _texts
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.tasks import Tasks
from gdm_studio.ui.widgets import Combo
from gdm_studio.ui.widgets.notices import Notice
from tests.helpers import tiny_model, tiny_stable
from tests.helpers.widgets import record_signal, show_widget, theme, wait_until
from tests.helpers.window import click, notice_button, notices, run_in_window, until, wait_for_notice
from tests.models.test_model_metadata import LORA, SPEC
from tests.ui.test_drops import COPY, LINK, MOVE, drag

OWN = "As in its file"
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def theirs(home: Path, tmp_path: Path) -> Path:
    """Create another program's folder: an adapter with an image, one without any text, and a mislabelled file."""
    folder = tmp_path / "webui"
    (folder / "Lora").mkdir(parents=True)
    save_file(LORA, folder / "Lora" / "ink.safetensors", SPEC | {"modelspec.title": "Ink"})
    save_file(LORA, folder / "Lora" / "plain.safetensors")
    Image.new("RGB", (900, 300), "red").save(folder / "Lora" / "ink.preview.png")
    (folder / "Lora" / "plain.png").write_bytes(b"no picture")
    (folder / "broken.ckpt").write_bytes(b"PK\3\4")
    for file in folder.rglob("*.*"):
        os.utime(file, (86_400, 86_400))
    return folder


def notice_texts(window: Window) -> str:
    """Return the texts of all notices."""
    return " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def test_a_dropped_folder_is_used_in_place(home: Path, theirs: Path) -> None:
    async def play(window: Window) -> None:
        # Opening the window is faster without the page.
        assert window.findChild(ModelsPage) is None
        window.open_page("models")
        page = window.models_page
        assert (
            page.table.hasFocus() and page._own_models_hint.isVisible() and "Drop a checkpoint" in notice_texts(window)
        )
        assert drag(window, theirs, COPY | MOVE | LINK, NONE) == [(True, COPY)] * 3
        await until(lambda: {"ink", "plain"} <= set(page.names()))
        # A scan that was under way may list the folder a moment before the settings have it.
        await until(lambda: window.settings_controller.now.model_folders == (str(theirs),))
        assert preferences.load().model_folders == (str(theirs),)
        await until(lambda: "webui added" in notice_texts(window) and "broken.ckpt is damaged" in notice_texts(window))
        assert not page._own_models_hint.isVisible() and not paths.models_dir().exists()

        assert page.select(theirs / "Lora" / "ink.safetensors")
        await until(lambda: any(not label.pixmap().isNull() for label in page.view.findChildren(QLabel)))
        await until(lambda: "does not allow that" in notice_texts(window))
        assert not page.view._use_button.isVisible()
        file = theirs / "Lora" / "ink.safetensors"
        await until(lambda: (found := known_hashes(file)) is not None and found.sha256[:10] in notice_texts(window))
        assert page.select(theirs / "Lora" / "plain.safetensors")
        await until(lambda: "does not say" in notice_texts(window))
        await until(
            lambda: all(label.pixmap().isNull() for label in page.view.findChildren(QLabel) if label.isVisible())
        )

        page.tag.pick("ink")
        assert page.names() == ["ink"]
        page.tag.pick("")
        assert page.select(file)
        tags = page.view.findChild(QLineEdit)
        assert tags.text().startswith("style, ink")
        tags.setFocus()
        tags.selectAll()
        QTest.keyClicks(tags, "foxes, mine")
        # The row is reloaded as it is after hashing.
        page.view.reload(file)
        assert tags.text() == "foxes, mine", "what is being typed stays"
        QTest.keyClick(tags, Qt.Key.Key_Return)
        await until(lambda: page.tag.offers("mine") and not page.tag.offers("style"))
        assert page.select(theirs / "Lora" / "plain.safetensors") and tags.text() == ""
        page.table.setFocus()
        assert page.select(file) and tags.text() == "foxes, mine" and load_choices()[str(file)].tags == "foxes, mine"
        page.family.pick("LoRA · SDXL")
        assert set(page.names()) == {"ink", "plain"}
        QTest.keyClicks(window, "/")
        assert page.search.hasFocus()
        QTest.keyClicks(page.search, "somebody draws")
        await until(lambda: page.names() == ["ink"])
        QTest.keyClicks(page.search, " nothing")
        await until(lambda: page.names() == [] and page._no_match.isVisible())
        # Below the search, where the user looks.
        await until(lambda: page.search.y() < page._no_match.y() < page.table.y())
        page.set_rows([replace(line, author="somebody draws nothing") for line in window.library.model_table()])
        assert page.names() and not page._no_match.isVisible(), "the search finds what was added"

    run_in_window(play, library=Library())


def test_the_format_of_quantised_weights_is_shown_beside_their_size() -> None:
    row = ModelTableRow("a", Path("a.gguf"), "A", "SDXL", "2026-01-02", 1, "", "", 1_800_000_000, storage="Q5_K")
    assert "Q5_K, 1.8 GB" in _texts(row) and "1.8 GB" in _texts(replace(row, storage=""))


def test_columns_fit_the_width_of_the_table(home: Path) -> None:
    folder = paths.models_dir()
    folder.mkdir(parents=True)
    # These rows exceed the visible area, so the table scrolls without a second layout.
    for number in range(24):
        save_file(LORA, folder / f"ink {number}.safetensors", SPEC)

    async def play(window: Window) -> None:
        page = window.models_page
        # The arrival of the last uses would otherwise lay out the table again.
        await until(lambda: any(line.last_used for line in page._lines.lines))

        def shown() -> list[str]:
            return [name for column, name in enumerate(COLUMNS) if not page.table.isColumnHidden(column)]

        def filled() -> bool:
            """Return whether no laid-out column is squeezed and the next column would not fit."""
            header, room = page.table.horizontalHeader(), page.table.viewport().width()
            there = header.length() == room and header.sectionSize(0) >= NARROWEST
            return there and (len(shown()) == len(COLUMNS) or header.sectionSize(0) - NARROWEST < WIDEST)

        for width, height in ((1280, 800), (872, 600), (1900, 900)):
            window.open_page("create")
            window.resize(width, height)
            window.open_page("models")
            await until(filled, 10)
            assert page.table.verticalScrollBar().isVisible()
        window.resize(1280, 800)
        await until(lambda: {"Family", "Licence"} <= set(shown()), 10)

    run_in_window(play, library=Library())


def test_a_long_author_is_shortened_before_a_column_is_left_out() -> None:
    page = show_widget(ModelsPage(theme()), 1600, 500)
    row = ModelTableRow("a", Path("a.gguf"), "A", "SDXL", "2026-01-02", 1, "Ann", "MIT", 1_800_000_000)

    def shown(author: str, width: int) -> list[str]:
        page.set_rows([])
        page.set_rows([replace(row, author=author)])
        page.resize(width, 500)
        wait_until(lambda: page.width() >= width)
        page.table.fit()
        return [name for column, name in enumerate(COLUMNS) if not page.table.isColumnHidden(column)]

    width = next(width for width in range(700, 1800, 20) if "On disk" in shown("Ann", width))
    long = "The research group of the department of computer science and its many friends"
    with_a_short_author = shown("Ann", width + 20)
    assert shown(long, width + 20) == with_a_short_author
    header = page.table.horizontalHeader()
    column = COLUMNS.index("Author")
    assert header.length() <= page.table.viewport().width() and header.sectionSize(column) < WIDEST
    assert page.table.model().index(0, column).data(Qt.ItemDataRole.ToolTipRole) == long
    shown(long, 1600)
    wait_until(lambda: header.sectionSize(column) == WIDEST)
    assert header.sectionSize(column) == WIDEST, "there is room again"


def test_an_unusable_dropped_file_is_reported_and_not_remembered(home: Path, theirs: Path) -> None:
    async def play(window: Window) -> None:
        drag(window, theirs / "broken.ckpt", COPY, NONE)
        await until(lambda: "broken.ckpt is damaged" in notice_texts(window))
        assert preferences.load().model_folders == ()
        file = tiny_model.write(theirs / "tiny")
        drag(window, file, COPY, NONE)
        await until(lambda: window.page() == "models" and "tiny" in window.models_page.names())
        assert preferences.load().model_folders == (str(file),)
        await until(lambda: "tiny" in [choice.id for choice in window.create_page.controls.model_box.choices()])

    run_in_window(play, library=Library())


def test_good_files_are_added_and_each_bad_file_is_reported(home: Path, theirs: Path) -> None:
    file = tiny_model.write(theirs / "tiny")
    cut = theirs / "cut.safetensors"
    cut.write_bytes(b"cut")

    async def play(window: Window) -> None:
        window.models_controller.take([theirs / "broken.ckpt", file, cut])
        await until(lambda: window.page() == "models" and "tiny" in window.models_page.names())
        await until(lambda: f"{file.name} added" in notice_texts(window))
        assert preferences.load().model_folders == (str(file),)
        assert "cut.safetensors" in notice_texts(window)
        # Only two notices fit, so the first error waits behind the button of the top bar.
        assert "broken.ckpt" not in notice_texts(window)
        window.top.unread_asked.emit()
        assert "broken.ckpt is damaged" in notice_texts(window) and "cut.safetensors" in notice_texts(window)

    run_in_window(play, library=Library())


def test_a_folder_without_usable_models_is_not_reported_as_a_success(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "broken.safetensors").write_bytes(b"cut")

    async def play(window: Window) -> None:
        window.models_controller.take([folder])
        await until(lambda: "It contains no usable model." in notice_texts(window))
        (notice,) = (notice for notice in window.findChildren(Notice) if notice.title == "out added")
        assert notice.kind == "warning"

    run_in_window(play, library=Library())


@pytest.mark.parametrize("page", ["create", "models"])
def test_a_dropped_folder_without_models_is_no_model_folder(home: Path, tmp_path: Path, page: str) -> None:
    album = tmp_path / "album"
    album.mkdir()
    picture = save(Result(0, Request(model="gaussian", size=(8, 8)), np.zeros((8, 8, 4), np.uint8)), album)
    Image.new("RGB", (8, 8)).save(album / "photo.jpg")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "read me.txt").write_text("no model")

    async def play(window: Window) -> None:
        window.open_page(page)
        drag(window, tmp_path / "notes", COPY, NONE)
        await until(lambda: "notes contains no weight files" in notice_texts(window))
        assert window.page() == page
        drag(window, album, COPY, NONE)
        await until(lambda: window.page() == "gallery")
        await until(lambda: window.gallery_page.sidebar.place().title == "album")
        model = window.gallery_page.grid.model()
        await until(lambda: model.rowCount() == 2 and model.picture(1) is not None)
        assert {model.picture(row).path for row in range(2)} == {picture.path, album / "photo.jpg"}
        window.models_controller.take([tmp_path / "gone"])
        await until(lambda: "gone is not there" in notice_texts(window))
        assert preferences.load().model_folders == ()

    run_in_window(play)


def test_models_shown_while_the_window_closes_are_not_hashed(home: Path, theirs: Path) -> None:
    async def play() -> None:
        page, library = ModelsPage(theme()), Library()
        add_folder(theirs)
        library.refresh()
        nothing = lambda *_, **__: None  # noqa: E731
        context = SimpleNamespace(
            theme=theme(),
            library=library,
            tasks=Tasks(nothing),
            notify=nothing,
            navigator=None,
            worker=None,
            gallery=None,
        )
        desk = ModelsController(context, lambda: page)  # type: ignore[arg-type]
        assert desk.page is page
        await desk.stop()
        desk.show(library.model_table())
        page.deleteLater()
        assert "ink" in page.names() and not [each for each in threading.enumerate() if each.name == "hashing"]

    theme()
    asyncio.run(play())


def test_settings_of_an_old_image_find_the_model_by_hash(home: Path, tmp_path: Path) -> None:
    file = tiny_model.write(paths.models_dir() / "tiny")
    for part in file.parent.iterdir():
        os.utime(part, (86_400, 86_400))

    def picture(model: str, name: str, loras: str = "") -> Path:
        told = PngInfo()
        last = f"Steps: 4, Sampler: Euler, CFG scale: 2, Seed: 5, Size: 64x64, Model hash: {model}, Model: {name}"
        told.add_text("parameters", f"a red disc\nNegative prompt: blue\n{last}{loras}, Version: v1.10.1")
        path = tmp_path / f"{name}.png"
        Image.new("RGB", (64, 64)).save(path, pnginfo=told)
        return path

    async def play(window: Window) -> None:
        await until(lambda: known_hashes(file) is not None)
        found, controls = known_hashes(file), window.create_page.controls
        assert found is not None and controls.request().model != "tiny"
        drag(window, picture(found.sha256[:10], "renamed since"), COPY, NONE)
        await until(lambda: controls.request().model == "tiny" and controls.request().prompt == "a red disc")
        assert "Not used: model" not in notice_texts(window)
        lost = picture("0123456789", "dreams_8", ', Lora hashes: "fur: abcdef012345", Lora weights: "fur: 0.5"')
        drag(window, lost, COPY, NONE)
        await until(lambda: "model dreams_8 (hash 0123456789), LoRA fur (hash abcdef012345)" in notice_texts(window))

    run_in_window(play, library=Library())


def test_restored_settings_are_checked_against_the_installed_model(home: Path, tmp_path: Path) -> None:
    file = tiny_stable.write(paths.models_dir() / "dream.safetensors", words=1)
    os.utime(file, (86_400, 86_400))
    told = PngInfo()
    last = "Steps: 4, Sampler: Euler, CFG scale: 2, Seed: 5, Size: 64x64, Model hash: 0123456789, Model: dream"
    passes = "Denoising strength: 0.4, Clip skip: 2, Hires upscale: 2, Hires steps: 3"
    told.add_text("parameters", f"a disc\n{last}, {passes}")
    Image.new("RGB", (64, 64)).save(tmp_path / "old.png", pnginfo=told)

    async def play(window: Window) -> None:
        await until(lambda: known_hashes(file) is not None)
        importing, controls = window.gallery_controller.importer, window.create_page.controls
        await importing.show_report(tmp_path / "old.png")
        assert importing.report is not None
        used = importing.report.entries("used")
        expected = {
            "Denoising strength": "0.4",
            "Clip skip": "2",
            "Hires upscale": "2",
            "Hires steps": "3",
            "Model": "dream",
        }
        assert expected.items() <= used.items()
        assert set(importing.report.entries("ignored")) == {"Model hash"}
        assert "Used by its name, though its hash is another: model dream." in notice_texts(window)
        importing.report.use_asked.emit()
        await until(lambda: controls.request().model == "dream" and controls.request().seed == 5)
        assert controls.request().factors == {
            "clip_skip": 2.0,
            "enlarged": 2.0,
            "enlarged_strength": 0.4,
            "enlarged_steps": 3.0,
        }
        await until(lambda: "Used by its name" in notice_texts(window))

    run_in_window(play, library=Library())


def line(licence: str) -> ModelTableRow:
    return ModelTableRow("a", Path("a.safetensors"), "A", "LoRA", "2026-01-01", 1, "", licence, 1)


@pytest.mark.parametrize(
    ("licence", "begins"),
    [
        ("CreativeML Open RAIL++-M", "Yes, except for the uses"),
        ("cc-by-nc-4.0", "No: its licence"),
        ("", "Its file does"),
        ("FLUX.1 [dev] Non-Commercial License", "No: its licence"),
        ("MIT", "Yes. "),
        ("My own", "That depends on its licence"),
        (f"{SOLD}; its author is to be credited", "Yes, according to its web page"),
        (NOT_SOLD, "No: its licence"),
    ],
)
def test_a_licence_is_described(licence: str, begins: str) -> None:
    assert rights_words(replace(line(""), licence=licence)).startswith(begins)


def test_the_start_settings_of_a_model_are_chosen_on_the_models_page(home: Path) -> None:
    folder = paths.models_dir()
    model = tiny_stable.write(folder / "base lightning.safetensors", "sdxl", words=1)
    tiny_stable.write(folder / "finer.safetensors", "refiner", words=1)
    save_file({name: torch.zeros(2) for name in ("encoder.conv_in.weight", "decoder.conv_in.weight")},
              folder / "vivid.safetensors")  # fmt: skip
    save_file(LORA, folder / "ink.safetensors")
    for file in folder.iterdir():
        # An old file time makes the window start with another model.
        os.utime(file, (86_400, 86_400))

    async def play(window: Window) -> None:
        window.open_page("models")
        page, settings = window.models_page, window.settings

        def offered() -> dict[str, Combo]:
            return page.view.findChildren(ModelChoices)[-1].boxes

        await until(lambda: {"base lightning", "vivid", "ink"} <= set(page.names()))
        settings.use(Request(model="base lightning"))
        assert page.select(model)
        assert {part: [each.id for each in box.choices()] for part, box in offered().items()} == {
            "vae": ["", "vivid"], "refiner": ["", "finer"], "few_steps": ["", "none", *FEW_STEPS],
            "prediction": ["", "epsilon", "v"], "zero_snr": ["", "yes", "no"],
        }  # fmt: skip
        await until(lambda: "Its name suggests Lightning" in notice_texts(window))
        own = {part: offered()[part].choices()[0].title for part in ("vae", "prediction", "zero_snr")}
        theirs = {"vae": "Its own", "prediction": f"{OWN} (epsilon)", "zero_snr": f"{OWN} (no)"}
        assert own == theirs
        # The chosen prediction type does not change the type stated in the file.
        for chosen, now in (("v", "v"), ("", "epsilon")):
            offered()["prediction"].pick(chosen)
            await until(lambda now=now: window.library.card("base lightning").prediction == now)
            await until(lambda chosen=chosen: offered()["prediction"].choice() == chosen)
            assert offered()["prediction"].choices()[0].title == theirs["prediction"]
        finer = next(choice for choice in window.create_page.controls.model_box.choices() if choice.id == "finer")
        assert finer.refused.startswith("A refiner for the last steps") and finer.summary == "SDXL refiner"
        request_draft = window.create_page.controls.request_draft
        request_draft.change(temperature=0.7, seed=77)
        for part, value in (("vae", "vivid"), ("refiner", "finer"), ("few_steps", "lightning")):
            offered()[part].pick(value)
            await until(lambda part=part, value=value: getattr(load_choices().get(str(model)), part, "") == value)
            await until(lambda part=part, value=value: offered()[part].choice() == value)
        now = window.create_page.controls
        await until(lambda: now.request().steps == 4)
        assert (now.request().vae, now.request().refiner, now.request().sampler) == ("vivid", "finer", "euler")
        assert now.request().temperature == 0.7 and request_draft.next_request().seed == 77, "what people set stays"
        offer = {name: [each.id for each in box.choices()] for name, box in now.more.part_boxes.items()}
        assert offer == {"vae": ["", "vivid"], "refiner": ["", "finer"]}
        assert {*now.more.part_boxes.values()} <= {*now.more.boxes()}
        now.more.part_boxes["refiner"].pick("")
        assert (now.request().refiner, now.request().steps, now.request().vae) == ("", 4, "vivid")
        assert settings.use(Request(model="base lightning", vae="gone", refiner=BUILT_IN)) == ["VAE", "refiner"]
        assert (now.request().vae, now.more.part_boxes["vae"].choice()) == ("", "")
        before = settings.defaults
        assert before is not None
        # These are the settings of the next session.
        settings.open(now.request(), before)
        assert (now.request().vae, now.more.part_boxes["vae"].choice()) == ("", ""), "people turned it off"
        # Another VAE was chosen in the meantime.
        settings.open(replace(now.request(), vae="older"), replace(before, vae="older"))
        assert (now.request().vae, now.more.part_boxes["vae"].choice()) == ("vivid", "vivid"), "as it was chosen"
        settings.use(Request(model="base lightning", steps=30))
        assert (now.request().vae, now.request().steps) == ("", 30), "a picture without it was made without it"
        assert settings.use(Request(model=BUILT_IN, vae="vivid")) == ["VAE"]
        assert not {*now.more.part_boxes.values()} & {*now.more.boxes()}
        assert page.select(folder / "ink.safetensors")
        assert list(offered()) == ["few_steps"]
        offered()["few_steps"].pick("lcm")
        await until(lambda: any(card.fast_of == "base lightning" for card in window.library.cards()))
        assert page.select(model) and "fast" not in offered()
        save_file(LORA, folder / "wash.safetensors", {"modelspec.title": "Turbo"})
        await asyncio.to_thread(window.library.refresh)
        page.set_rows(window.library.model_table())
        await until(lambda: page.select(model) and len(page.view.findChildren(ModelChoices)) > 0)
        assert [each.id for each in offered()["fast"].choices()] == ["", "ink", "wash"]
        offered()["fast"].pick("wash")
        fast = "base lightning + wash"
        await until(lambda: fast == next(c.name for c in window.library.cards() if c.fast_of == "base lightning"))
        settings.refresh_models()
        settings.use(Request(model="base lightning"))
        assert settings.set_fast(True) and now.request().model == fast
        assert [each.id for each in now.model_box.choices()].count("base lightning") == 1
        assert not [each.id for each in now.model_box.choices() if " + " in each.id]

    run_in_window(play, library=Library())


def test_an_incomplete_model_is_listed_with_the_reason(home: Path) -> None:
    folder = paths.models_dir()
    broken = tiny_stable.write(folder / "half.safetensors", words=1, **{"model.diffusion_model.out.2.bias": None})
    pruned = tiny_stable.write(folder / "pruned.safetensors", words=1, **{"first_stage_model.": None})
    (folder / "junk.safetensors").write_bytes(b"junk")

    async def play(window: Window) -> None:
        window.open_page("models")
        page = window.models_page
        await until(lambda: {"half", "pruned"} <= set(page.names()))
        assert page.select(broken)
        reason = "half.safetensors is nearest to Stable Diffusion 1, but not whole: its unet lacks 'out.2.bias'"
        await until(lambda: reason in notice_texts(window) and "Stable Diffusion 1, not whole" in notice_texts(window))
        words = notice_texts(window)
        assert words.count("half.safetensors is") == 1 and "junk.safetensors" in words, "the rest is said below"
        window.notify("A notice")
        await until(lambda: window._notices.shown[-1].isVisible())
        box, area = window._notices.shown[-1], page._refused_area
        corner = box.mapToGlobal(QPoint(0, box.height()))
        assert area.isVisible() and corner.y() <= area.mapToGlobal(QPoint()).y(), "a notice does not cover it"
        used = record_signal(page.use_model)
        page.table.chosen.emit()
        assert not used and "half" not in [choice.id for choice in window.create_page.controls.model_box.choices()]
        assert page.select(pruned)
        boxes = page.view.findChildren(ModelChoices)[-1].boxes
        assert [choice.title for choice in boxes["vae"].choices()] == ["None: choose one"]
        page.table.chosen.emit()
        assert [name for (name,) in used] == ["pruned"]
        wanted = "pruned has no VAE of its own; copy one for Stable Diffusion 1, such as vae-ft-mse-840000"
        await until(lambda: wanted in notice_texts(window))

    run_in_window(play, library=Library())


def test_a_model_without_a_vae_is_offered_one_and_its_error_disappears(home: Path) -> None:
    folder = paths.models_dir()
    pruned = tiny_stable.write(folder / "pruned.safetensors", words=1, **{"first_stage_model.": None})
    for name, channels in (("xl vae", 4), ("ae", 16), ("vivid", 4)):
        halves = {f"{half}.conv_in.weight": torch.zeros(2, channels, 1, 1) for half in ("encoder", "decoder")}
        save_file(halves, folder / f"{name}.safetensors")
    for file in folder.iterdir():
        os.utime(file, (86_400, 86_400))

    async def play(window: Window) -> None:
        controls, none = window.create_page.controls, "pruned has no VAE of its own"

        def is_loaded() -> bool:
            return window.library.is_loaded(BUILT_IN, device=torch.device("cpu"), dtype=torch.float32)

        # Otherwise the start of the window would load the model that is chosen below, and report it a second time.
        await until(lambda: controls.model_box.offers("pruned") and is_loaded())
        others = {line.name: line.family for line in window.library.model_table() if line.family.startswith("VAE")}
        assert others == {"xl vae": "VAE", "ae": "VAE · FLUX.1 or Stable Diffusion 3", "vivid": "VAE"}

        controls.model_box.pick("pruned")
        await wait_for_notice(window, f"{none}; vivid is installed and should fit.")
        window.create_page.canvas_panel.notices.clear()
        click(controls.button)
        await until(lambda: [item.state for item in window.backlog.items] == [ItemState.FAILED])
        # The job's task ends after its queue item and reports the error.
        await wait_for_notice(window, f"{none}; vivid is installed and should fit.")
        controls.model_box.pick(BUILT_IN)
        await until(lambda: not notices(window))

        controls.model_box.pick("pruned")
        await wait_for_notice(window, none)
        # The worker thread loads it when another model is chosen already.
        may_load = threading.Event()
        window.worker.ask(lambda: may_load.wait(60))
        for name in (BUILT_IN, "pruned", BUILT_IN):
            controls.model_box.pick(name)
            await asyncio.sleep(0.05)
        may_load.set()
        # This waits for all earlier tasks of the worker thread, whose errors would be reported then.
        await window.worker.ask(lambda: None, between_jobs=True)
        await asyncio.sleep(0.05)
        assert not notices(window)

        controls.model_box.pick("pruned")
        await until(lambda: notice_button(window, "Use it") is not None)
        button = notice_button(window, "Use it")
        assert button is not None
        click(button)
        await until(lambda: controls.request().vae == "vivid" and not notices(window))
        assert load_choices()[str(pruned)].vae == "vivid"

    run_in_window(play, library=Library())


def test_a_failed_run_of_another_model_without_a_vae_offers_no_vae(home: Path) -> None:
    """The queue can contain requests for a model that is no longer chosen."""
    folder = paths.models_dir()
    files = [tiny_stable.write(folder / f"{name}.safetensors", words=1, **{"first_stage_model.": None})
             for name in ("pruned", "bare")]  # fmt: skip
    halves = {f"{half}.conv_in.weight": torch.zeros(2, 4, 1, 1) for half in ("encoder", "decoder")}
    save_file(halves, folder / "vivid.safetensors")
    for file in (*files, folder / "vivid.safetensors"):
        os.utime(file, (86_400, 86_400))

    async def play(window: Window) -> None:
        box, none = window.create_page.controls.model_box, "has no VAE of its own"
        await until(lambda: box.offers("pruned") and window.settings.card is not None)
        box.pick(BUILT_IN)
        await window.backlog.ask(lambda queue: queue.add(Request(model="pruned", prompt="a fox", steps=1)))
        await wait_for_notice(window, f"pruned {none}; choose one for it")
        assert notice_button(window, "Try again") is not None and notice_button(window, "Use it") is None

        box.pick("bare")
        await wait_for_notice(window, f"bare {none}; vivid is installed")
        window.create_page.canvas_panel.notices.clear()
        window._notifier.report(ModelError("pruned has none.", remedy=CHOOSE_VAE, model="pruned"))
        assert [*notices(window)] == [f"{ModelError.title} pruned has none."]
        # Without a remedy, it has the button of every error of a model.
        assert notice_button(window, "Use it") is None and notice_button(window, "Models") is not None

        window.create_page.canvas_panel.notices.clear()
        await window.backlog.ask(lambda queue: queue.add(Request(model="bare", prompt="a fox", steps=1)))
        await wait_for_notice(window, f"bare {none}; vivid is installed")
        assert notice_button(window, "Use it") is not None

    run_in_window(play, library=Library())


def test_loras_and_embeddings_are_added_to_the_prompt_of_a_matching_model(home: Path) -> None:
    folder = paths.models_dir()
    xl = {"modelspec.title": "Ink, for SDXL"}
    tiny_stable.write(folder / "base.safetensors", words=1)
    save_file(LORA, folder / "wash.safetensors", xl)
    save_file({"lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight": torch.zeros(1, 8),
               "lora_te_text_model_encoder_layers_0_mlp_fc1.lora_up.weight": torch.zeros(8, 1)},
              folder / "ink.safetensors")  # fmt: skip
    save_file({"emb_params": torch.zeros(2, 768)}, folder / "moss.safetensors")
    for file in folder.iterdir():
        os.utime(file, (86_400, 86_400))

    async def play(window: Window) -> None:
        window.open_page("models")
        page, request_draft = window.models_page, window.request_draft
        await until(lambda: {"base", "wash", "ink", "moss"} <= set(page.names()))
        request_draft.change(prompt="a pink fox")

        async def put(name: str) -> None:
            assert page.select(folder / f"{name}.safetensors")
            await until(lambda: page.view._insert_button.isVisible() and not page.view._use_button.isVisible())
            click(page.view._insert_button)

        await put("ink")
        await until(
            lambda: (
                "It is for Stable Diffusion; " in notice_texts(window) and "reads plain words" in notice_texts(window)
            )
        )
        assert request_draft["prompt"] == "a pink fox"
        window.settings.use(Request(model="base", prompt="a pink fox"))
        assert page.select(folder / "base.safetensors") and not page.view._insert_button.isVisible()
        await put("wash")
        await until(lambda: "It is for SDXL; base is Stable Diffusion 1" in notice_texts(window))
        await put("ink")
        await put("ink")
        assert page.select(folder / "moss.safetensors")
        page.table.chosen.emit()
        await until(lambda: "moss was added to the prompt" in notice_texts(window))
        assert request_draft["prompt"] == window.create_page.controls.prompt.text() == "a pink fox <lora:ink:1> moss"
        request_draft.change(prompt="<lora:ink:0.8> a fox")
        await put("ink")
        assert request_draft["prompt"] == "<lora:ink:0.8> a fox", "once, as strong as people have it"
        window.create_page.controls.more.grammar_box.pick("plain")
        await put("wash")
        await put("ink")
        await until(lambda: "Prompts are read as plain words now" in notice_texts(window))

    run_in_window(play, library=Library())


def test_the_table_can_be_filtered_by_kind(home: Path) -> None:
    folder = paths.models_dir()
    tiny_stable.write(folder / "half.safetensors", words=1, **{"model.diffusion_model.out.2.bias": None})
    save_file(LORA, folder / "ink.safetensors", SPEC)
    save_file(LORA, folder / "wash.safetensors")
    save_file({"emb_params": torch.zeros(2, 768)}, folder / "moss.safetensors")

    async def play(window: Window) -> None:
        window.open_page("models")
        page = window.models_page
        await until(lambda: {"half", "ink", "wash", "moss"} <= set(page.names()))
        cards = window.library.cards()
        models = [card.name for card in cards if card.family != "systems"]
        systems = f"From the literature ({len(cards) - len(models)})"
        titles = [choice.title for choice in page.kind.choices()]
        others = ["Incomplete files (1)", "LoRAs (2)", f"Models ({len(models)})"]
        assert titles == ["All kinds", "Embeddings (1)", systems, *others]
        page.kind.pick("Models")
        assert sorted(page.names()) == sorted(models)
        page.kind.pick("LoRAs")
        assert set(page.names()) == {"ink", "wash"}
        page.tag.pick("ink")
        assert page.names() == ["ink"], "what is chosen of each counts"
        page.kind.pick("Embeddings")
        assert page.names() == [] and page._no_match.isVisible()
        page.tag.pick("")
        assert page.names() == ["moss"]

    run_in_window(play, library=Library())


def test_example_images_of_a_model_are_shown_before_its_measurements(home: Path) -> None:
    async def play(window: Window) -> None:
        window.open_page("models")
        view = window.models_page.view

        def labels() -> list[QLabel]:
            return [each for each in view.findChildren(QLabel) if each.isVisible()]

        # The images are loaded outside the window's thread.
        await until(lambda: any(not each.pixmap().isNull() for each in labels()))
        pictures = [each for each in labels() if not each.pixmap().isNull()]
        card = Library().card(BUILT_IN)
        assert [each.accessibleName() for each in pictures] == [each.prompt for each in card.examples[:10]]
        (measured,) = (each for each in labels() if each.text() == "Measured")
        below = measured.mapTo(view, QPoint()).y()
        assert all(each.mapTo(view, QPoint()).y() < below for each in pictures)

    run_in_window(play, library=Library())


def test_the_memory_and_time_of_a_picture_are_shown_before_loading(home: Path) -> None:
    file = tiny_stable.write(paths.models_dir() / "tiny.safetensors", "sd1")
    preferences.change({"memory_gb": 0.001})
    steps = Library().card("tiny").default_request().steps

    async def play(window: Window) -> None:
        window.open_page("models")
        await until(lambda: "tiny" in window.models_page.names())
        assert window.models_page.select(file)
        await until(lambda: "A picture with it" in notice_texts(window))
        found = notice_texts(window)
        assert "64 × 64" in found and f", {steps} steps" in found
        assert "GB can be used, and it needs at least" in found

    run_in_window(play, library=Library())
