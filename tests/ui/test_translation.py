"""Translation of every text of the window, and room for longer translations."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from gdm_studio.gallery.filename_pattern import FIELDS
from gdm_studio.learning.lessons import LESSONS
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.papers.family_tree import members
from gdm_studio.preferences import LANGUAGES
from gdm_studio.ui import window_actions
from gdm_studio.ui.folder_dialogs import exports_folder
from gdm_studio.ui.gallery.sidebar import DELETED
from gdm_studio.ui.learn.step_numbers_view import StepNumbersView
from gdm_studio.ui.paper_family_tree.subscripts import with_subscript_tags
from gdm_studio.ui.shell.app import application
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.translation import translate
from gdm_studio.ui.window_actions import Action
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.pseudo_locale import LENGTH, OPENING, UPDATE, Shown, lengthened, painted_texts, pseudo_locale, texts
from tests.helpers.window import click, press, run_in_window, until
from tests.ui.accessibility import NAMES, clipped, each_page

# Packages of `gdm_studio.ui`, and parts of the page Create, whose texts are not all marked for translation yet.
PENDING: set[str] = set()
# Classes that show names of models, systems, schedulers or devices, prompts, findings of the doctor, and texts of the
# packages above.
DATA = {
    "ExampleTile > ExampleTile",
    "Window > GenerateButton",
    "Window > TopBar",
    "Window > Label",
    "Window > _JobButton",
    "_List > _List",
    "TrainControls > _List",
    "TrainControls > Combo",
    "_FindingRow > Label",
    "_FindingRow > _FindingRow",
    "_ShortcutRow > _ShortcutRow",
}
# Classes that cut texts which are also in a tooltip, or are shown beside the whole title.
CUTTING = {
    "DetailsPanel > ActionButton",
    "Link > ActionButton",
    "OriginLink > ActionButton",
    "Window > _JobButton",
    "_List > _List",
    "_PlaceView > _PlaceView",
    "MainSettings > Combo",
    "More > More",
    "FactRows > FactRows",
}
# Classes that show a shortened text, whose tooltip is all of it.
ELIDED = {"FactRows > Label", "_PlaceView > _PlaceView"}
PROMPT = "a cheerful red disc"


def _data() -> list[str]:
    """Return the texts that are not translated: the prompt, names of the literature, and the model's card."""
    card = next(iter(GaussianLibrary().cards()))
    found = [PROMPT, "gaussian", card.title, card.author, card.licence, card.summary]
    found += [card.examples[0].prompt, *(style.title for style in card.styles)]
    for member in members().values():
        system = member.system
        lines = [" ".join(each.split()) for each in member.explanation.replace("`", "").split("\n\n")]
        found += [system.title, system.authors, system.paper, member.command]
        found += [with_subscript_tags(text) for text in (system.objective, "\n\n".join(lines))]
    found += ["--data DIR --out RUN", "GDM Studio", "round", "128x128"]
    found += [f"{{{name}}}" for name in FIELDS]
    found += [str(exports_folder())]
    found += [spec.title for spec in SAMPLERS.values()]
    found += [title for code, title in LANGUAGES.items() if code != "system"]
    return found


class _Walk:
    """Collector of the texts of the window's pages, menus and dialogs, and of clipped texts, by place."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.seen: set[Shown] = set()
        self.too_long: dict[str, list[str]] = {}
        # Texts of files.
        self.data: list[str] = []

    def note(self, place: str, widget: QWidget) -> None:
        """Collect the texts of a widget."""
        self.seen.update(texts(widget))
        self.too_long[place] = clipped(widget)

    def note_menu(self, menu: QMenu | None) -> None:
        """Collect the texts of an open menu, and close it."""
        assert menu is not None
        self.seen.update(texts(menu))
        menu.close()

    async def gallery(self) -> None:
        """Visit the menus and popups of the gallery, its report, its large view, and its trash."""
        window = self.window
        page = window.gallery_page
        window.open_page("gallery")
        page.grid.setCurrentIndex(window.gallery.page_model.index(0))
        picture = page.grid.current()
        assert picture is not None
        self.data += [picture.path.stem, picture.path.name]
        await window.gallery.commands.tag([str(picture.id)], ["round"], True)
        await window.gallery_controller.places.open(await window.gallery.commands.new_collection([str(picture.id)]))
        await _settle()
        for _ in range(20):
            if page.sidebar.view.model().rowCount() > 6:
                break
            await _settle()
        self.note("collection", window)
        self.note_menu(page.grid.show_menu(QPoint(40, 40)))
        self.note_menu(page.bar.show_menu(QPoint(40, 40)))
        self.note_menu(page.sidebar.view.show_menu(page.sidebar.view.currentIndex(), QPoint(40, 40)))
        for button in (page.search._order_button, page.search._sizes_button):
            click(button)
            self.note_menu(next(each for each in page.search.findChildren(QMenu) if each.isVisible()))
        page.bar.show_count(2)
        self.note("selection bar", page.bar)
        page.bar.show_count(1)
        page.ask_for_tag(QPoint(300, 300))
        await _settle()
        self.note("tag", page.tag_entry)
        page.tag_entry.close_entry()
        page.search_for("steps:8 colour:7")
        await _settle()
        self.note("search", window)
        page.search_for("")
        await _settle()
        page.grid.setCurrentIndex(window.gallery.page_model.index(0))
        page.with_current(page.large_asked.emit)
        await _settle()
        self.note("large", page.large)
        press(window, Qt.Key.Key_Escape)
        page.signals.reproduce.emit(page.grid.current())
        await until(lambda: window.jobs.jobs == [])
        self.note("checked", page)
        await window.gallery_controller.importer.show_report(picture.path)
        report = window.gallery_controller.importer.report
        assert report is not None
        self.note("report", report)
        for group in ("used", "ignored", "unknown"):
            self.data += [text for entry in report.entries(group).items() for text in map(str, entry)]
        report.close_up()
        await window.gallery.commands.delete([str(picture.id)])
        page.sidebar.choose(DELETED)
        await _settle()
        self.note("trash", window)
        window.undo()
        await until(lambda: window.gallery.page_model.rowCount() > 0)
        page.sidebar.choose("")

    async def export(self) -> None:
        """Visit the export dialog with each format."""
        window = self.window
        window.create_page.gallery.grid.setCurrentIndex(window.gallery.panel_model.index(0))
        window.export_controller.open(window.create_page.gallery.grid.selected())
        dialog = window.export_controller.dialog
        assert dialog is not None
        self.data.append(dialog._example.text())
        for choice in dialog.form.choices():
            dialog.form.pick(choice.id)
            await _settle()
            self.note(f"export {choice.id}", dialog)
        dialog.pattern.setText("{nonsense}")
        dialog.pattern.textEdited.emit("{nonsense}")
        await _settle()
        self.note("export problem", dialog)
        self.data.append(dialog._problem.text())
        dialog.set_busy("")
        dialog.reject()

    async def learn(self) -> None:
        """Visit all lessons with an answer to their exercises, and a step in numbers."""
        window = self.window
        window.open_page("learn")
        page = window.learn_page
        page.side.set_choice("lessons")
        page.side.chosen.emit("lessons")
        for lesson in LESSONS:
            page.lessons.menu.pick(lesson.name)
            page.lessons.text.number.setText("0.5")
            await _settle()
            click(page.lessons.text.check)
            self.note(f"lesson {lesson.name}", page.lessons)
        await until(lambda: page.sigmas[0].isEnabled())
        click(page.sigmas[0])
        (shown,) = window.findChildren(StepNumbersView)
        numbers = shown.numbers()
        self.data += [numbers.code, *numbers.formula, *numbers.filled, *numbers.coefficients]
        self.data += [each.symbol for each in (*numbers.levels, *numbers.sizes)]
        self.note("step in numbers", shown)
        shown.close_up()

    async def models(self) -> None:
        """Visit the family tree with some of its systems, its table, and the models without a match."""
        window = self.window
        window.open_page("family-tree")
        await _settle()
        for name in ("ddpm", "gan", "diffusevae", "score-sde-vp"):
            window.family_page.choose(name)
            await _settle()
            self.note(name, window.family_page)
        window.family_page.view.chosen.emit("table")
        await _settle()
        self.note("systems side by side", window.family_page)
        window.family_page.view.chosen.emit("tree")
        window.open_page("models")
        window.models_page.search.set_text("no such model")
        await _settle()
        self.note("no model", window.models_page)
        window.models_page.search.set_text("")
        window.models_page.set_refused(["/models/a.ckpt"] * 5)
        self.note("refused", window.models_page)


async def _settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0.02)


async def _walk(window: Window, seen: set[Shown], too_long: dict[str, list[str]], data: list[str]) -> None:
    """Collect the texts of all pages and panels, and those that are cut off on each page."""
    window.resize(1280, 800)
    await each_page(window)
    for page in NAMES:
        window.open_page(page)
        await _settle()
        seen.update(texts(window))
        too_long[page] = clipped(window)
    click(window.top.queue)
    await _settle()
    seen.update(texts(window))
    click(window.top.queue)
    window.undo()
    window.undo()
    await _settle()
    seen.update(texts(window))
    walk = _Walk(window)
    await walk.gallery()
    await walk.export()
    await walk.models()
    await walk.learn()
    seen |= walk.seen
    too_long |= walk.too_long
    data += walk.data
    commands = window.commands
    commands.open_palette()
    assert commands.palette is not None
    await _settle()
    seen.update(texts(commands.palette))
    commands.palette.field.setText("no such action")
    await _settle()
    seen.update(texts(commands.palette))
    too_long["palette"] = clipped(commands.palette)
    commands.open_palette()
    commands.open_sheet()
    assert commands.sheet is not None
    await _settle()
    seen.update(texts(commands.sheet))
    too_long["shortcuts"] = clipped(commands.sheet)
    commands.open_sheet()


@pytest.mark.slow(seconds=15)
def test_every_text_is_translated_and_fits() -> None:
    seen: set[Shown] = set()
    too_long: dict[str, list[str]] = {}
    data = _data()
    QApplication.instance() or application()
    with pseudo_locale(), painted_texts() as painted:
        run_in_window(lambda window: _walk(window, seen, too_long, data))
    seen |= painted
    cut = {each for each in seen if each.kind == "cut" and OPENING in each.text}
    elided = {each for each in seen if each.owner in ELIDED and "…" in each.text}
    untranslated = {each for each in seen - elided if each.owner not in DATA and each.has_untranslated_words(data)}
    packages = {each.package for each in untranslated}
    assert {each for each in untranslated if each.package not in PENDING} == set()
    assert packages >= PENDING, f"remove from PENDING: {PENDING - packages}"
    in_tooltip = {each for each in cut if each.owner in CUTTING or each.owner.endswith(" > ElidedLabel")}
    assert {each for each in cut - in_tooltip if each.package not in PENDING} == set()
    of_pending = {page for page in too_long if page.replace("-", "_") in {name.partition(".")[0] for name in PENDING}}
    assert {page: found for page, found in too_long.items() if found and page not in of_pending} == {}
    assert len({each for each in seen if OPENING in each.text}) > 300


def test_every_action_is_translated() -> None:
    QApplication.instance() or application()
    groups = (
        vars(window_actions).values(),
        window_actions.GO_TO.values(),
        window_actions.QUEUED.values(),
        window_actions.THEMES.values(),
    )
    table = [each for group in groups for each in group if isinstance(each, Action)]
    assert len(table) > 80
    with pseudo_locale():
        for action in table:
            for text in (action.label, action.tip, action.group, action.synonyms):
                assert not text or translate("Action", text) == lengthened(text), text
            assert action.tooltip.startswith(OPENING), action


def test_the_pseudo_locale_is_longer() -> None:
    for text in ("Generate", "Compare pictures side by side", "%n image(s)"):
        assert len(lengthened(text)) >= LENGTH * len(text)
    assert Shown("shell", "Window", "text", f"{lengthened('Stop')} · Ctrl+K").has_untranslated_words() is False
    assert Shown("shell", "Window", "text", f"{lengthened('Stop')} now").has_untranslated_words()


@pytest.mark.slow
def test_the_catalogues_are_up_to_date() -> None:
    script = Path(UPDATE["__file__"])
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_application_loads_the_english_plurals() -> None:
    QApplication.instance() or application()
    assert translate("TopBar", "%n picture(s) to make", "", 1) == "1 picture to make"
    assert translate("TopBar", "%n picture(s) to make", "", 3) == "3 pictures to make"


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("%n image(s)", ("%n image", "%n images")),
        ("%n box(es)", ("%n box", "%n boxes")),
        ("%n copy(ies)", ("%n copy", "%n copies")),
        ("%n person(people) is(are) here", ("%n person is here", "%n people are here")),
        ("Step %n (of {total})", ("Step %n (of {total})", "Step %n (of {total})")),
    ],
)
def test_plural_forms(text: str, forms: tuple[str, str]) -> None:
    assert UPDATE["plural_forms"](text) == forms
