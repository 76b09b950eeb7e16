"""Controller for saved images: it applies their settings to the settings panel, or shows them on the canvas."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject

from gdm_studio.common.errors import StorageError
from gdm_studio.common.translation_markers import Sentence
from gdm_studio.gallery.metadata.record import TOOL
from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.request.prompt_expansion import drawn_if_possible
from gdm_studio.studio.model_compatibility import changed_fields
from gdm_studio.studio.request_draft import ROLLED_LIMIT
from gdm_studio.ui.create.request_settings import settings_applied
from gdm_studio.ui.gallery.attribution import less_like
from gdm_studio.ui.translation import joined_sentences, number_text, sentence_text, translate, within_text
from gdm_studio.ui.widgets.file_drops import picture_in

if TYPE_CHECKING:
    from gdm_studio.gallery import Metadata, Picture
    from gdm_studio.request.generation_request import Request
    from gdm_studio.studio.presets import Preset
    from gdm_studio.studio.settings_import import RestoredRequest
    from gdm_studio.ui.create.context import CreateContext
    from gdm_studio.ui.create.generation.mode_controller import GenerationModes
    from gdm_studio.ui.create.image_tools import Tools
    from gdm_studio.ui.create.prompt.prompt_text_field import PromptEditor
    from gdm_studio.ui.create.steps.controller import StepsController

# What a text with generation settings contains, as A1111, Civitai and this program write it.
COPIED_SETTINGS = tuple(map(re.compile, (r"\bSteps: ?\d", r"\bSeed: ?\d")))
# Number of characters of a pasted text in which settings are looked for.
MAX_PASTED = 2**16
# Number of unsupported settings named in a notice. The metadata report names all of them.
MAX_NAMES = 4


@dataclass(frozen=True, eq=False)
class _Wish:
    """Request of the user to restore settings that must first be read."""

    # The settings of the window at that time.
    settings: Request


class SettingsRestorer(QObject):
    """Controller that applies a saved image's settings to the settings panel, and shows gallery images on the
    canvas.
    """

    def __init__(self, context: CreateContext, steps: StepsController, modes: GenerationModes, tools: Tools) -> None:
        super().__init__(context.page)
        self._context = context
        self._steps = steps
        self._modes = modes
        self._tools = tools
        # Identity of the last request to restore settings, which replaces earlier ones whose file is still being read.
        self._wish: _Wish | None = None

    def show_newest(self) -> None:
        """Show the newest image on the canvas once the gallery has been loaded, unless an image is already
        displayed.
        """
        page = self._context.page
        viewer = self._context.viewer
        model = self._context.gallery.panel_model

        def read_newest(number: int) -> None:
            if number:
                model.found.disconnect(read_newest)
                model.with_pictures([0], show)

        def show(pictures: list[Picture]) -> None:
            empty = (
                page.canvas_panel.canvas.picture() is None and viewer.on_canvas is None and not page.canvas_panel.mode()
            )
            if pictures and empty and not page.gallery.grid.selected_rows() and not self._modes.sets.on:
                model.fill(pictures)
                page.gallery.grid.select(pictures[0].id)

        model.found.connect(read_newest)

    def take(self, path: Path, use: str) -> None:
        """Take an image file that the user has chosen. If `use` is "start", it becomes the start image; if `use` is
        "settings", its saved settings are applied.
        """
        if use == "start":
            self._context.tasks.start(self._tools.start_image.start_from(path))
        else:
            self._context.tasks.start(self.restore_from(path))

    def restored(self, metadata: Metadata) -> RestoredRequest:
        """Return the settings in an image file's metadata that the installed models support.

        If the file's model is not installed, the selected model replaces it.
        """
        from gdm_studio.studio.settings_import import restore_request

        return restore_request(metadata, self._context.library.model_table(), self._context.settings.card)

    async def restore_from(self, path: Path, *, title: str = "") -> None:
        """Apply the settings saved in an image file, and report the result in a notice titled `title`.

        A file without settings becomes the start image.
        """
        wish = self._wish = _Wish(self._modes.request_draft.written)
        metadata = await self._context.gallery.read(path)
        if self._wish is not wish:
            return
        if metadata.request is None:
            is_seed_given = self._modes.request_draft.is_seed_given
            before = await self._tools.start_image.use(path)
            self._open_page()
            self._context.notify(
                self.tr("Starting from {file}").format(file=path.name),
                self.tr("The file has no settings; it is the start picture of the next run."),
                undo=self._undo_to(before, is_seed_given),
            )
            return
        title = title or self.tr("Settings of {file} restored").format(file=path.name)
        await self._restore(metadata, wish, title, path)

    def paste(self, data: QMimeData | None, editor: PromptEditor | None = None) -> bool:
        """Apply generation settings in a text that is pasted into an editor, by default the prompt's, or start from a
        pasted image. Return False for any other data, such as a text with an image of it.
        """
        text = data.text() if data is not None else ""
        if all(pattern.search(text[:MAX_PASTED]) for pattern in COPIED_SETTINGS):
            self._context.tasks.start(self._restore_copied(text, editor or self._context.page.controls.prompt.editor))
            return True
        return (not text or picture_in(data) is not None) and self._tools.start_from(data)

    async def _restore_copied(self, text: str, editor: PromptEditor) -> None:
        """Apply settings in a text. Without a prompt among them, the current one stays. A text that only looks like
        settings is inserted into the editor.
        """
        from gdm_studio.gallery.metadata import read_copied_text

        wish = self._wish = _Wish(self._modes.request_draft.written)
        metadata = await asyncio.to_thread(read_copied_text, text)
        if self._wish is not wish:
            return
        if metadata is None or metadata.request is None:
            editor.insert(text)
            return
        keeps_prompt = not (metadata.request.prompt or metadata.request.negative_prompt)
        await self._restore(metadata, wish, self.tr("Pasted settings used"), keeps_prompt=keeps_prompt)

    async def _restore(
        self, metadata: Metadata, wish: _Wish, title: str, path: Path | None = None, *, keeps_prompt: bool = False
    ) -> None:
        """Apply settings read for the request `wish`, from an image file at `path` or a text, and show a notice. With
        `keeps_prompt`, the prompts of the window stay.
        """
        restored = await asyncio.to_thread(self.restored, metadata)
        if self._wish is not wish:
            return
        request = restored.metadata.request
        assert request is not None
        request_draft = self._modes.request_draft
        before = request_draft.written
        is_seed_given = request_draft.is_seed_given
        # An image of this program needs no report.
        is_foreign = not metadata.id
        has_seed = not is_foreign or "seed" in metadata.request_fields.values()
        request = request if has_seed else replace(request, seed=before.seed)
        # What the user has typed while the file was read stays. A seed may have been drawn by itself.
        typed = changed_fields(wish.settings, before)
        typed.pop("seed", None)
        if keeps_prompt:
            typed |= {"prompt": before.prompt, "negative_prompt": before.negative_prompt}
        request = replace(request, **typed)
        if "prompt" in typed:
            # Braces in the prompt of a file are letters, and in that of the window a template.
            request = drawn_if_possible(request)
        unnamed, replaced = self._apply(request, is_of_model=restored.model is not None if is_foreign else None)
        if not has_seed:
            request_draft.hold_seed(is_seed_given)
        left_out = [name for name in unnamed if name != "model" or not restored.missing]
        left_out = [*map(sentence_text, restored.missing), *left_out, *restored.unused, *metadata.unknown]
        self._modes.live.refresh()
        self._open_page()
        self._context.notify(
            title,
            joined_sentences(
                [
                    replaced,
                    self._effect_text(request, left_out, metadata.stopped_at, is_foreign=is_foreign),
                    sentence_text(restored.warning),
                ]
            ),
            kind="success",
            action=self.tr("What was read") if is_foreign and path else "",
            on_action=(lambda: self._context.navigator.report_on(path)) if is_foreign and path else None,
            undo=self._undo_to(before, is_seed_given),
        )

    def use(self, picture: Picture) -> None:
        """Apply the settings that generated a gallery image."""
        if picture.tool == TOOL:
            self.use_request(picture.request, picture.stopped_at)
        else:
            self._context.tasks.start(self._use_foreign(picture))

    async def _use_foreign(self, picture: Picture) -> None:
        """Apply the settings of an image that another program generated.

        They are read from the file, which identifies the model better than the request in the gallery. If the file
        cannot be read, the gallery's request is used.
        """
        try:
            await self.restore_from(picture.path, title=settings_applied())
        except StorageError:
            self.use_request(picture.request, picture.stopped_at)

    def use_request(self, request: Request, stopped_at: int = 0, *, is_new: bool = False) -> None:
        """Apply a generation request's settings and open the Create page.

        `stopped_at` is the step at which its image stopped, or 0. `is_new` means that it has no image yet, so that the
        current seed and, if the model has it, the current style stay.
        """
        self._wish = None
        # The list of a set would be generated instead of the request.
        self._modes.leave_set()
        request_draft = self._modes.request_draft
        before = request_draft.written
        is_seed_given = request_draft.is_seed_given
        if is_new:
            request = self._with_seed_and_style(request, before)
        left_out, replaced = self._apply(request)
        if is_new:
            request_draft.hold_seed(is_seed_given)
        self._modes.live.refresh()
        self._open_page()
        text = self._effect_text(request, left_out, stopped_at, is_new=is_new)
        text = joined_sentences([replaced, text])
        self._context.notify(settings_applied(), text, kind="success", undo=self._undo_to(before, is_seed_given))

    def _apply(self, request: Request, *, is_of_model: bool | None = None) -> tuple[list[str], str]:
        """Apply a request to the settings panel. Return the titles of its settings that the model does not use, and a
        sentence about values in place of which the model's own were set, or "".

        Another model made the image if `is_of_model` is False or, by default, if the request names another one.
        """
        left_out = self._steps.use(request)
        if is_of_model is None:
            is_of_model = "model" not in left_out
        replaced = {} if is_of_model or request.branch is not None else self._context.settings.prefer_own_values()
        return [*self._context.settings.titles_without_effect(request), *left_out], self._describe_replaced(replaced)

    def _describe_replaced(self, replaced: dict[str, float]) -> str:
        """Return a sentence that names the values of an image that are outside the range in which the model is good,
        with the model's own values, which were set instead.
        """
        card = self._context.settings.card
        if not replaced or card is None:
            return ""
        text = self.tr("{setting} {value} instead of {theirs}")
        changes = [
            text.format(
                setting=within_text(translate("Setting", SETTINGS[name].title)),
                value=number_text(float(self._modes.request_draft[name])),
                theirs=number_text(float(theirs)),
            )
            for name, theirs in replaced.items()
        ]
        words = self.tr("Changed for {model}: {changes}. The panel offers both.")
        return words.format(model=card.title or card.name, changes=", ".join(changes))

    def _with_seed_and_style(self, request: Request, before: Request) -> Request:
        cards = (card for card in self._context.library.cards() if card.name == request.model)
        style_ids = {style.id for card in cards for style in card.styles}
        style = before.style if before.style in style_ids or not before.style else request.style
        return replace(request, seed=before.seed, style=style)

    def use_preset(self, preset: Preset, name: str) -> None:
        """Apply a preset (saved settings) to the settings panel, without changing the next image's seed."""
        self._wish = None
        request_draft = self._modes.request_draft
        before = request_draft.written
        is_seed_given = request_draft.is_seed_given
        left_out = self._steps.use(drawn_if_possible(preset.applied_to(before)))
        request_draft.hold_seed(is_seed_given)
        self._modes.live.refresh()
        self._open_page()
        text = self.tr("Not used: {settings}.").format(settings=self._join_titles(left_out)) if left_out else ""
        title = self.tr("Preset {name} applied").format(name=name)
        self._context.notify(title, text, kind="success", undo=self._undo_to(before, is_seed_given))

    def _open_page(self) -> None:
        self._context.navigator.open_page("create")

    def _undo_to(self, before: Request, is_seed_given: bool) -> Callable[[], object]:
        """Return a function that restores the settings `before`, and whether the next run was to use their seed."""
        branch = self._modes.request_draft.branch_point
        return self._context.settings.undo_to(
            before, branch, is_seed_given=is_seed_given, before_redo=self._modes.leave_set
        )

    def generate_less_like(self, picture: Picture) -> None:
        """Generate an image from the settings of `picture` that resembles the training images less: without a style, at
        a higher temperature and with a new seed.
        """
        self._wish = None
        self._modes.leave_set()
        before, is_seed_given = self._modes.request_draft.written, self._modes.request_draft.is_seed_given
        request = less_like(picture.request, secrets.randbelow(ROLLED_LIMIT))
        self._steps.use(request)
        self._open_page()
        text = self.tr("Any style, temperature {temperature}, seed {seed}.")
        self._context.notify(
            self.tr("More original"),
            text.format(temperature=number_text(request.temperature), seed=request.seed),
            undo=self._undo_to(before, is_seed_given),
        )
        # Space and the arrow keys control the run.
        self._context.page.canvas_panel.setFocus()
        self._modes.generate()

    def vary(self, picture: Picture) -> None:
        """Open the view on the Create page that generates variations of a gallery image."""
        self._modes.leave_set()
        self._open_page()
        self._tools.boards.vary(picture.request)

    def show(self, picture: Picture | None) -> None:
        """Show a gallery image and its saved denoising steps on the canvas, or do nothing if it is None."""
        if picture is None:
            return
        self._modes.leave_set()
        if not self._context.viewer.choose_picture(picture.id):
            self._steps.show(picture)

    def show_alone(self, picture: Picture) -> None:
        """Show a gallery image that is selected already, if a set or the images of a batch are displayed instead."""
        if self._modes.sets.on or self._context.page.canvas_panel.pictures.isVisible():
            self.show(picture)

    def _effect_text(
        self,
        request: Request,
        left_out: list[str],
        stopped_at: int,
        *,
        is_new: bool = False,
        is_foreign: bool = False,
    ) -> str:
        """Return the message of the notice about settings that were applied.

        It lists the settings that were not used, or says what Generate will do. `is_foreign` means that another program
        generated the image, whose noise and defaults may differ.
        """
        if problem := request.prompt_problem():
            return problem
        if left_out:
            return self.tr("Not used: {settings}.").format(settings=self._join_titles(left_out))
        if self._steps.paused_run.is_paused:
            return self.tr("They change the paused run; + adds this picture to the queue.")
        if stopped_at:
            return self.tr("Generate continues it to its end.")
        if is_foreign:
            return self.tr("Generate makes a similar picture; another program made this one.")
        return "" if is_new else self.tr("Generate makes the same picture again.")

    def _join_titles(self, names: list[str]) -> str:
        """Join the titles of settings into a phrase for a notice, such as "steps, sampler and 3 more". At most
        MAX_NAMES titles are listed.
        """
        titles = (sentence_text(name) if isinstance(name, Sentence) else translate("Setting", name) for name in names)
        unique = list(dict.fromkeys(within_text(title) if title[1:].islower() else title for title in titles))
        text = ", ".join(unique[:MAX_NAMES])
        more = len(unique) - MAX_NAMES
        return text + (self.tr(" and %n more", "", more) if more > 0 else "")
