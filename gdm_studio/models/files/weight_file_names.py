"""Names of weight files and folders, as shown to the user, used in prompts and saved in images."""

from __future__ import annotations

import re
from pathlib import Path

from gdm_studio.models.files.checkpoints import is_weights_name

# Matches file names that diffusers and PEFT give to every model, without the suffix.
_GENERIC = re.compile(
    r"(?:diffusion_pytorch_model|pytorch_model|adapter_model|pytorch_lora_weights|learned_embeds)(?:[.-].+)?"
)
# A folder of Hugging Face's cache: models--OWNER--NAME/snapshots/REVISION.
_SNAPSHOTS = "snapshots"
_REPOSITORY = re.compile(r"models--(?:.+?--)?(.+)")


def name_of(path: Path) -> str:
    """Return the name under which a weight file or model folder is listed.

    This is the file name without its suffix, or the name of the folder. A generic file name, such as
    adapter_model.safetensors, is replaced by the name of its folder, and a revision in Hugging Face's cache by the name
    of its repository.
    """
    if not is_weights_name(path.name):
        return _folder_name(path)
    if _GENERIC.fullmatch(path.stem):
        return _folder_name(path.parent) or path.stem
    return path.stem


def names_of(path: Path) -> tuple[str, ...]:
    """Return all names by which requests may refer to a weight file: its current name, and the plain file name that
    earlier versions showed.
    """
    plain = path.stem if is_weights_name(path.name) else path.name
    return tuple(dict.fromkeys((name_of(path), plain)))


def _folder_name(folder: Path) -> str:
    if repository := _repository_name(folder):
        return repository
    # A component, such as "vae", of a pipeline whose other components were not downloaded.
    repository = _repository_name(folder.parent)
    return f"{repository} {folder.name}" if repository else folder.name


def _repository_name(folder: Path) -> str:
    """Return the name of the repository if the folder is one of its revisions in Hugging Face's cache, or "" for other
    folders.
    """
    found = _REPOSITORY.fullmatch(folder.parent.parent.name) if folder.parent.name == _SNAPSHOTS else None
    return found[1] if found else ""
