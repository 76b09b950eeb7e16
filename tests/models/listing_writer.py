"""Writer of `resources/models/listing.json.xz`, the list of the built-in models for the window's first start.

Run it after changing a built-in model: `python -m tests.models.listing_writer`.
"""

from __future__ import annotations

import os
import tempfile

from gdm_studio.common import paths
from gdm_studio.models.installed.saved_model_list import BUILT_IN, listing_of, pack_built_in
from gdm_studio.models.model_library import Library


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["GDM_STUDIO_HOME"] = home
        (paths.resources() / "models" / BUILT_IN).write_bytes(pack_built_in(listing_of(Library())))


if __name__ == "__main__":
    main()
