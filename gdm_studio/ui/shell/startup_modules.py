"""Names of the modules that are imported after the first paint, on a separate thread while the window responds."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

# Modules of the controllers and pages that the start creates.
STARTUP_MODULES = (
    "gdm_studio.ui.worker_thread",
    "gdm_studio.jobs.executor",
    "gdm_studio.jobs.workers.fallback_engine",
    "gdm_studio.studio.window_calls",
    "gdm_studio.studio.step_history_calls",
    "gdm_studio.ui.create.board.board_controllers",
    "gdm_studio.ui.create.generation.controller",
    "gdm_studio.ui.create.generation.mode_controller",
    "gdm_studio.ui.create.image_tools",
    "gdm_studio.ui.create.prompt.controller",
    "gdm_studio.ui.create.prompt.presets",
    "gdm_studio.ui.create.queue.controller",
    "gdm_studio.ui.create.queue.editor",
    "gdm_studio.ui.create.queue.panel",
    "gdm_studio.ui.create.queue.queue_mirror",
    "gdm_studio.ui.create.settings_restorer",
    "gdm_studio.ui.create.steps.controller",
    "gdm_studio.ui.create.board.image_set_view",
    "gdm_studio.ui.create.outpainting.bar",
    "gdm_studio.ui.create.panel.interpolation_row",
    "gdm_studio.ui.create.panel.subject_list_editor",
    "gdm_studio.ui.create.panel.tile_popup",
    "gdm_studio.ui.create.steps.status_panel",
    "gdm_studio.ui.create.viewer.batch_sheet",
    "gdm_studio.ui.create.viewer.canvas_bars",
    "gdm_studio.ui.create.viewer.controller",
    "gdm_studio.ui.create.viewer.welcome",
    "gdm_studio.ui.compare.controller",
    "gdm_studio.ui.export.controller",
    "gdm_studio.ui.gallery.controller",
    "gdm_studio.ui.gallery.date_sections",
    "gdm_studio.ui.gallery.details",
    "gdm_studio.ui.gallery.page",
    "gdm_studio.ui.gallery.undoable_commands",
    "gdm_studio.ui.models.controller",
    "gdm_studio.ui.models.scanner",
    "gdm_studio.ui.shell.commands",
)
# Modules of pages that are created later.
LATER_MODULES = (
    "gdm_studio.ui.compare.page",
    "gdm_studio.ui.learn.controller",
    "gdm_studio.ui.learn.page",
    "gdm_studio.ui.models.page",
    "gdm_studio.ui.paper_family_tree.controller",
    "gdm_studio.ui.paper_family_tree.page",
    "gdm_studio.ui.settings.page",
    "gdm_studio.ui.settings.presenter",
    "gdm_studio.ui.train.controller",
    "gdm_studio.ui.train.page",
)


def import_modules(names: Iterable[str]) -> None:
    """Import modules, so that a later import of them takes no time."""
    for name in names:
        import_module(name)
