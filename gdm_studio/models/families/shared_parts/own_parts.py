"""Check that a model's own text encoders and VAE are used: only a part that the model lacks may come from another file.

Does not import torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gdm_studio.models.families.base import IncompleteModel
from gdm_studio.models.files.checkpoints import Entry
from gdm_studio.models.required_parts import RequiredPart


def check_lacks_parts(entry: Entry, needs: Mapping[str, RequiredPart], title: str, left: Iterable[str] = ()) -> None:
    """Raise IncompleteModel if a model contains one of the parts that would be taken from other files.

    `needs` maps the names of components in diffusers' folders to the parts that were not recognised in the model.
    `left` are the names of matrices in a single file that belong to no recognised network, and `title` is the kind of
    the model.
    """
    name = entry.path.name
    for part, wanted in needs.items():
        folder = entry.folder / part
        if entry.kind != "folder" or not folder.is_dir():
            continue
        files = [file for file in entry.headers if file.startswith(f"{part}/")]
        if not files:
            sentence = f"{part} of {name} contains no weights that can be read; copy or download that folder again"
            raise IncompleteModel(f"{sentence}, or remove it to use another model's.", title)
        sentence = f"{files[0]} of {name} is not the {wanted.title} that {title} needs; copy or download it again"
        raise IncompleteModel(f"{sentence}, or remove {part} to use another model's.", title)
    unknown = list(left)
    if needs and unknown:
        (first, *_), wanted = unknown, next(iter(needs.values()))
        what = f"contains {len(unknown):,} unknown weights such as {first[:80]!r}, but not the {wanted.title}"
        raise IncompleteModel(f"{name} {what} that {title} needs; choose another file.", title)
