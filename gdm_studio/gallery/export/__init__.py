"""Export of images for other programs. `FORMATS` lists the formats, and `export` writes an image in one of them."""

from gdm_studio.gallery.export.batch import copy_images, image_facts, write_archive
from gdm_studio.gallery.export.contact_sheet import write_contact_sheet
from gdm_studio.gallery.export.export_source import (
    LARGEST,
    SMALLEST,
    ExportSource,
    Origins,
    RegionArea,
    copied_texts,
    read_master,
)
from gdm_studio.gallery.export.flat_colours import FlatStyle, Outline
from gdm_studio.gallery.export.formats import FORMATS, Format, Options, sized_name
from gdm_studio.gallery.export.icon_set_export import preview_icon_set
from gdm_studio.gallery.export.metadata_removal import strip_metadata
from gdm_studio.gallery.export.writer import export, write_credits, write_icon_set

__all__ = [
    "FORMATS",
    "LARGEST",
    "SMALLEST",
    "FlatStyle",
    "Format",
    "ExportSource",
    "Options",
    "Origins",
    "Outline",
    "RegionArea",
    "copied_texts",
    "copy_images",
    "export",
    "image_facts",
    "preview_icon_set",
    "read_master",
    "sized_name",
    "strip_metadata",
    "write_archive",
    "write_contact_sheet",
    "write_credits",
    "write_icon_set",
]
