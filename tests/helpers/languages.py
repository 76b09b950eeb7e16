"""The window's language for the duration of a block."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from gdm_studio.ui import translation


@contextmanager
def language(code: str) -> Iterator[None]:
    """Switch the window to another language within a `with` block, by loading its translation catalogues."""
    application = QCoreApplication.instance()
    assert application is not None
    before = os.environ.get(translation.VARIABLE, "")
    earlier = set(application.findChildren(QTranslator))
    locale = QLocale()
    os.environ[translation.VARIABLE] = code
    try:
        translation.install(application)
        yield
    finally:
        os.environ[translation.VARIABLE] = before
        QLocale.setDefault(locale)
        for translator in set(application.findChildren(QTranslator)) - earlier:
            application.removeTranslator(translator)
            translator.setParent(None)
