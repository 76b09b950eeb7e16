"""Translation of the window's texts through Qt, from the catalogues in `resources/translations`."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale, QTime, QTranslator

from gdm_studio.common import paths

# Translate a text outside of a class of Qt, where `self.tr(text)` does so: `translate(context, text)`, or
# `translate(context, "%n image(s)", "", count)` for a text with a count.
translate = QCoreApplication.translate
CATALOGUE = "gdm_studio_en"


def install(application: QCoreApplication) -> None:
    """Load the English catalogue, which supplies the plural forms of texts with counts."""
    translator = QTranslator(application)
    if translator.load(CATALOGUE, str(paths.resources() / "translations")):
        application.installTranslator(translator)


def count_of_pictures(count: int) -> str:
    """Return a text such as "1 234 pictures"."""
    return with_separators(translate("gallery", "%n picture(s)", "", count), count)


def with_separators(text: str, count: int) -> str:
    """Return a text with thin spaces as thousands separators in its count."""
    return text.replace(str(count), f"{count:,}".replace(",", "\u202f"), 1)


def date_text(moment: date, pattern: str) -> str:
    """Format a date or datetime with a translated QLocale pattern. For example, "d MMM yyyy" gives "3 Mar 2024"."""
    # The translation is the code of the catalogue's language, in which days and months are named.
    locale = QLocale(translate("dates", "en"))
    day = QDate(moment.year, moment.month, moment.day)
    clock = QTime(moment.hour, moment.minute, moment.second) if isinstance(moment, datetime) else QTime(0, 0)
    return locale.toString(QDateTime(day, clock), pattern)
