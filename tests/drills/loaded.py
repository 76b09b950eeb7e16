"""Imports for the drills' processes, loaded once before they are forked."""

from gdm_studio.cli import main
from gdm_studio.engine import generation_loop, grids, image_inputs, resume, step_animation, step_history
from gdm_studio.gallery import Gallery
from gdm_studio.models.families.icons import model
from gdm_studio.ui.create import page as create_page
from gdm_studio.ui.gallery import page as gallery_page
from gdm_studio.ui.shell import app

__all__ = [
    "Gallery",
    "app",
    "create_page",
    "gallery_page",
    "generation_loop",
    "grids",
    "model",
    "image_inputs",
    "main",
    "resume",
    "step_animation",
    "step_history",
]
