"""Writer of `resources/models/listing.json`, the list of the built-in models for the window's first start.

Run it after changing a built-in model: `python -m tests.models.listing_writer`.
"""

from __future__ import annotations

import os
import tempfile

from gdm_studio.common import paths
from gdm_studio.models.installed.saved_model_list import BUILT_IN, built_in_text, listing_of
from gdm_studio.models.model_library import Library


def listing_text() -> str:
    """Return the content that the file should have. Reads the built-in models, and those of the user's folders."""
    return built_in_text(listing_of(Library()))


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["GDM_STUDIO_HOME"] = home
        (paths.resources() / "models" / BUILT_IN).write_text(listing_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
