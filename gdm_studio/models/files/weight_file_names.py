"""Names of weight files and folders, as shown to the user, used in prompts and saved in images."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from gdm_studio.common.unicode_names import comparable_name
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


def answers_to(path: Path, name: str) -> bool:
    """Return True if a request may refer to a weight file by this name, regardless of case and Unicode form.

    The name may begin with folders, as in "pose/ink".
    """
    folders, last = split_folders(name)
    return comparable_name(last) in map(comparable_name, names_of(path)) and is_in_folders(path, folders)


def split_folders(name: str) -> tuple[tuple[str, ...], str]:
    """Split a name such as "pose/ink" into its folders, ("pose",), and the name of the weight file, "ink". A backslash
    separates folders too, as in the file names of other programs on Windows.
    """
    *folders, last = name.replace("\\", "/").strip("/").split("/")
    return tuple(folders), last


def is_in_folders(path: Path, folders: Sequence[str]) -> bool:
    """Return True if `folders` are the last folders in the path of a weight file, regardless of case, or if there are
    none.

    The folder that names a file with a generic name need not be among them.
    """
    wanted = [comparable_name(folder) for folder in folders]
    around = [path.parent] if name_of(path) == names_of(path)[-1] else [path.parent, path.parent.parent]
    return not wanted or any([*map(comparable_name, folder.parts)][-len(wanted) :] == wanted for folder in around)


def distinct_name(path: Path, others: Iterable[Path]) -> str:
    """Return the shortest name that identifies the weight file `path` among the other files: its name, preceded by
    folders if necessary, as in "pose/ink".

    If no name is unique, the file name alone is returned.
    """
    rivals = [each for each in others if each != path and any(answers_to(each, name) for name in names_of(path))]
    for depth in range(len(path.parts) - 1):
        for name in names_of(path):
            folder = path.parent if name == names_of(path)[-1] else path.parent.parent
            written = "/".join([*folder.parts[len(folder.parts) - depth :], name])
            if not any(answers_to(each, written) for each in rivals):
                return written
    return name_of(path)


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
