"""Pictures in the forms that other programs take. `FORMATS` lists them, `export` writes one of them into a folder."""

from gdm_studio.gallery.export.formats import FORMATS, Format, Options
from gdm_studio.gallery.export.many import archive, copies, facts
from gdm_studio.gallery.export.master import LARGEST, SMALLEST, Master, read_master
from gdm_studio.gallery.export.sheet import sheet
from gdm_studio.gallery.export.stripping import stripped
from gdm_studio.gallery.export.writing import export, write_credits

__all__ = [
    "FORMATS", "LARGEST", "SMALLEST", "Format", "Master", "Options", "archive", "copies", "export", "facts",
    "read_master", "sheet", "stripped", "write_credits",
]  # fmt: skip
