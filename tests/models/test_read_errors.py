"""Files of models that cannot be read for another reason than damage."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.translation_dictionary import Dictionary
from tests.helpers import tiny_model


def refuse(monkeypatch: pytest.MonkeyPatch, file: Path, number: int) -> None:
    """Let opening a file fail with an error number, as for a user who may not read it. The tests may run as root."""
    real_open, real_os_open = open, os.open

    def check(path: object) -> None:
        if isinstance(path, str | os.PathLike) and Path(path) == file:
            raise OSError(number, os.strerror(number), str(path))

    def opened(path: object, *args: object, **options: object) -> object:
        check(path)
        return real_open(path, *args, **options)  # type: ignore[call-overload]

    def os_opened(path: object, *args: object, **options: object) -> int:
        check(path)
        return real_os_open(path, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("builtins.open", opened)
    monkeypatch.setattr("io.open", opened)
    monkeypatch.setattr(os, "open", os_opened)


@pytest.mark.parametrize(("number", "words"), [(errno.EACCES, "permission is missing"), (errno.EIO, "does not answer")])
@pytest.mark.parametrize("name", ["card.json", "tiny.safetensors"])
def test_a_model_that_may_not_be_read_is_neither_damaged_nor_missing(
    _own_home: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int, words: str
) -> None:
    path = tiny_model.write(paths.models_dir() / "mine")
    refuse(monkeypatch, path.with_name(name), number)
    with pytest.raises(ModelError, match=words):
        Library().card(str(path))


def test_a_dictionary_that_may_not_be_read_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "dictionary.xz"
    file.write_bytes(b"x")
    with pytest.raises(ModelError, match="damaged or missing"):
        Dictionary(file).translate("un chat", lambda word: False)
    refuse(monkeypatch, file, errno.EACCES)
    os.utime(file, (1, 1))
    with pytest.raises(ModelError, match="permission is missing"):
        Dictionary(file).translate("un chat", lambda word: False)
