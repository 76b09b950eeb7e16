"""Pictures in the forms that other programs take. `FORMATS` lists them, `export` writes one of them into a folder."""

from gdm_studio.gallery.export.formats import FORMATS, Format, Options
from gdm_studio.gallery.export.master import LARGEST, SMALLEST, Master, read_master
from gdm_studio.gallery.export.writing import export, write_credits

__all__ = [
    "FORMATS", "LARGEST", "SMALLEST", "Format", "Master", "Options", "export", "read_master", "write_credits",
]  # fmt: skip
