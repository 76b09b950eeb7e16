"""Dialog for editing all pictures of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gdm_studio.jobs.folder_edit import Upscaling
from gdm_studio.request.generation_request import ONLY_MASKED, SETTINGS
from gdm_studio.ui.create.panel.bound_setting_widgets import combo_of, slider_of
from gdm_studio.ui.folder_dialogs import FolderDialog
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import joined_sentences, translate
from gdm_studio.ui.widgets import Choice, Combo, Labelled
from gdm_studio.ui.widgets.layouts import stacked

if TYPE_CHECKING:
    from gdm_studio.jobs.folder_edit import FolderPicture
    from gdm_studio.request.generation_request import Request

GENERATE, UPSCALE = "generate", "upscale"
# Factors of the upscaler. Their choices have the id "2" and so on.
FACTORS = (2, 4)
WIDTH = 420


class FolderEditDialog(FolderDialog):
    """Dialog for editing the pictures of a folder: from the prompt of the Create page, or by an upscaler.

    `request` has the settings of the Create page, `model` is the title of its model, and `default_strength` the
    model's. All pictures get the size `fixed_size`, if the model generates no other. Without `can_generate`, the model
    cannot start from pictures.
    """

    def __init__(
        self,
        theme: Theme,
        pictures: Sequence[FolderPicture],
        request: Request,
        *,
        model: str,
        default_strength: float,
        fixed_size: tuple[int, int] | None,
        out: Path,
        upscalers: Sequence[str],
        can_generate: bool,
        parent: QWidget,
    ) -> None:
        masks = sum(picture.mask is not None for picture in pictures)
        what = translate("FolderEdit", "%n picture(s)", "", len(pictures))
        if masks:
            what = translate("FolderEdit", "{pictures}, {count} with a mask").format(pictures=what, count=masks)
        super().__init__(theme, translate("FolderEdit", "Edit a folder"), what, out, parent)
        self._has_masks = masks > 0
        self._fixed_size = fixed_size
        text = self.tr("Each picture is generated from “{prompt}” by {model}.")
        self._source = text.format(prompt=request.title, model=model)
        self.kind = Combo(theme, name=self.tr("Edit"))
        prompt = Choice(GENERATE, self.tr("Inpaint") if masks else self.tr("Start from each"), request.title)
        upscale = Choice(UPSCALE, self.tr("Upscale"), self.tr("Enlarge by a network; nothing else changes"))
        self.kind.set_choices([prompt, upscale] if can_generate else [upscale])
        self.strength = slider_of(theme, SETTINGS["strength"])
        # The strength of a mask in the settings is for its area: at 1, nothing of whole pictures would remain.
        fits = masks > 0 or not request.mask
        self.strength.set_value(request.strength if fits else default_strength)
        self.area = combo_of(theme, SETTINGS["inpaint_area"])
        self.area.set_choice(request.inpaint_area)
        self.padding = slider_of(theme, SETTINGS["inpaint_padding"])
        self.padding.set_value(request.inpaint_padding)
        self.factor = Combo(theme, name=self.tr("Size"))
        self.factor.set_choices([Choice(str(each), f"{each} ×") for each in FACTORS])
        self.upscaler = Combo(theme, name=self.tr("Upscaler"))
        built_in = Choice("", self.tr("Built in"), self.tr("Quick, and keeps transparency"))
        self.upscaler.set_choices([built_in, *(Choice(name, name) for name in upscalers)])
        self._fields = {
            "area": Labelled(self.tr("Inpaint area"), self.area),
            "factor": Labelled(self.tr("Size"), self.factor),
            "upscaler": Labelled(self.tr("Upscaler"), self.upscaler),
        }
        self.run.setText(self.tr("Edit"))
        self.kind.chosen.connect(lambda *_: self._adapt())
        self.area.chosen.connect(lambda *_: self._adapt())
        kind = Labelled(self.tr("Edit"), self.kind)
        parts = (self._what, kind, self.strength, self._fields["area"], self.padding)
        more = (self._fields["factor"], self._fields["upscaler"], self._summary)
        stacked(*parts, *more, *self.foot(), on=self, margins=20, spacing=12)
        self.setMinimumWidth(WIDTH)
        self._adapt()

    def upscaling(self) -> Upscaling | None:
        """Return the chosen upscaling, or None if the pictures are generated."""
        if self.kind.choice() != UPSCALE:
            return None
        return Upscaling(self.upscaler.choice(), float(self.factor.choice()))

    def _adapt(self) -> None:
        """Show the settings of the chosen kind of edit."""
        is_generated = self.kind.choice() == GENERATE
        has_area = is_generated and self._has_masks
        self.strength.setVisible(is_generated)
        self._fields["area"].setVisible(has_area)
        self.padding.setVisible(has_area and self.area.choice() == ONLY_MASKED)
        for name in ("factor", "upscaler"):
            self._fields[name].setVisible(not is_generated)
        keeps_size = has_area and self.area.choice() == ONLY_MASKED
        sentences = [self._source] if is_generated else []
        if is_generated and self._fixed_size and not keeps_size:
            width, height = self._fixed_size
            text = self.tr("All become {width} × {height} pixels, the only size of this model.")
            sentences.append(text.format(width=width, height=height))
        sentences.append(
            self.tr(
                "The edited pictures keep their names, subfolders, EXIF data and colour profiles. Started again, the "
                "edit continues where it ended."
            )
        )
        self._summary.setText(joined_sentences(sentences))


class FailureReport(FolderDialog):
    """Report of the pictures of a folder that could not be edited, each with the reason."""

    def __init__(self, theme: Theme, failures: Sequence[tuple[str, str]], *, out: Path, parent: QWidget) -> None:
        count = translate("FolderEdit", "%n picture(s) not edited", "", len(failures))
        super().__init__(theme, translate("FolderEdit", "Edit a folder"), count, out, parent)
        self.list = QPlainTextEdit("\n".join(f"{name}: {reason}" for name, reason in failures))
        self.list.setReadOnly(True)
        self.list.setTabChangesFocus(True)
        self.list.setAccessibleName(count)
        self.run.setText(self.tr("Close"))
        self._cancel_button.hide()
        self.asked.connect(self.accept)
        stacked(self._what, (self.list, 1), self.run, on=self, margins=20, spacing=12)
        self.resize(WIDTH + 100, 320)
