"""Language of the window: catalogues in `resources/translations`, and formats of numbers, sizes and dates.

The command line is always in English, since it loads no catalogues.
"""

from __future__ import annotations

import lzma
import os
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLibraryInfo, QLocale, QObject, QTime, QTranslator

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.common.errors import StudioError
from gdm_studio.common.text_safety import escape_unsafe, shorten, shorten_values
from gdm_studio.common.translation_markers import Sentence

if TYPE_CHECKING:
    from gdm_studio.learning.handout import Words

# Translate a string outside of a class of Qt, where `self.tr(text)` does so: `translate(context, text)`, or
# `translate(context, "%n image(s)", "", count)` for a phrase with a count.
translate = QCoreApplication.translate
# This environment variable overrides the preference.
VARIABLE = "GDM_STUDIO_LANGUAGE"
ENGLISH = "en"
CATALOGUE = "gdm_studio"
# Texts of Qt itself, such as the buttons of dialogs.
QT_CATALOGUE = "qtbase"


def install(application: QCoreApplication) -> None:
    """Load the translations for the user's language into the application, and set the default locale.

    The English catalogue supplies the plural forms of untranslated strings.
    """
    wanted = os.environ.get(VARIABLE) or preferences.load().language
    language = wanted if wanted in preferences.LANGUAGES and wanted != "system" else system_language()
    QLocale.setDefault(locale_of(language, QLocale.system()))
    translators: list[QTranslator] = [Catalogue(ENGLISH, application)]
    if language != ENGLISH:
        of_qt = QTranslator(application)
        of_qt.load(f"{QT_CATALOGUE}_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        translators += [of_qt, Catalogue(language, application)]
    for translator in translators:
        if not translator.isEmpty():
            application.installTranslator(translator)


class Catalogue(QTranslator):
    """Qt translator for the window in one language, loaded from a compressed file in `resources/translations`."""

    def __init__(self, language: str, parent: QObject) -> None:
        super().__init__(parent)
        # Qt reads from these bytes for as long as the translator lives.
        self._content = lzma.decompress(catalogue_file(language).read_bytes())
        self.load(self._content)


def catalogue_file(language: str) -> Path:
    """Return the path of the file with the compiled translations for a language."""
    return paths.resources() / "translations" / f"{CATALOGUE}_{language}.qm.xz"


def system_language() -> str:
    """Return the first of the languages preferred in the operating system into which the window is translated, or
    English.
    """
    return next(filter(None, map(available_language, QLocale.system().uiLanguages())), ENGLISH)


def available_language(tag: str) -> str:
    """Return the language code of the window's translation for a BCP 47 tag such as "zh-Hans-CN", or "" if there is
    none.
    """
    locale = QLocale(tag)
    for code in preferences.LANGUAGES:
        offered = QLocale(code)
        if code != "system" and (offered.language(), offered.script()) == (locale.language(), locale.script()):
            return code
    return ""


def locale_of(language: str, system: QLocale) -> QLocale:
    """Return the locale for numbers and dates: the system's locale if it has the given language, or else a typical
    locale of the language.
    """
    typical = QLocale("en_GB" if language == ENGLISH else language)
    same = (system.language(), system.script()) == (typical.language(), typical.script())
    return system if same and VARIABLE not in os.environ else typical


def quote(text: str) -> str:
    """Put a string into the quotation marks of the window's language."""
    return translate("Quotation", "“{text}”").format(text=text)


def labelled(title: str, text: str) -> str:
    """Join a title and a value by a colon with the spaces of the window's language: French has one before the colon."""
    return translate("Label", "{title}: {text}").format(title=title, text=text)


def error_title(error: StudioError | type[StudioError]) -> str:
    """Return the title of an error or of a class of errors in the language of the window."""
    return translate("Errors", error.title)


def error_text(error: StudioError) -> str:
    """Return the sentence of an error in the language of the window, with long values shortened. A sentence that is not
    `translatable` remains English.
    """
    return shorten_values(sentence_text(error.sentence))


def sentence_text(sentence: str) -> str:
    """Return a `translatable` sentence in the language of the window. Any other string is returned unchanged."""
    if not isinstance(sentence, Sentence):
        return sentence
    template = translate("Errors", sentence.template)
    values = sentence.values.items()
    if template == sentence.template and not any(isinstance(value, Sentence) for _, value in values):
        return str(sentence)
    local = {name: sentence_text(value) if isinstance(value, str) else value for name, value in values}
    return _LocalFormatter().format(template, **local)


class _LocalFormatter(Formatter):
    """Formatter that writes numbers and quotation marks as in the window's language."""

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if isinstance(value, str) and conversion == "r":
            return quote(escape_unsafe(shorten(value)))
        return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, int) and format_spec == ",":
            return number_text(value)
        text: str = super().format_field(value, format_spec)
        return with_decimal_point(text) if isinstance(value, float) else text


def joined_sentences(sentences: Iterable[str]) -> str:
    """Join sentences. Empty ones are left out, and no space is added after the full stop of Japanese and Chinese."""
    joined = ""
    for sentence in filter(None, sentences):
        joined += sentence if not joined or joined.endswith("。") else f" {sentence}"
    return joined


def within_text(title: str) -> str:
    """Return the title of a setting as it is written within a sentence: in lower case, except in German."""
    return title if QLocale().language() == QLocale.Language.German else title.lower()


def number_text(number: float, decimals: int | None = None, *, digits: int = 6) -> str:
    """Format a number for display in the window's language, such as "1,234.5" in English or "1.234,5" in German.

    Without `decimals`, a float has up to `digits` significant digits and no trailing zeros.
    """
    locale = QLocale()
    if decimals is not None:
        return locale.toString(float(number), "f", decimals)
    if isinstance(number, int):
        return locale.toString(number)
    return locale.toString(number, "g", digits)


def with_decimal_point(number: str) -> str:
    """Replace the point in a formatted number by the decimal separator of the window's language."""
    return number.replace(".", QLocale().decimalPoint())


def data_size(size: int) -> str:
    """Format a number of bytes for display, such as "840 MB" and "1.2 GB" in English, or "1,2 Go" in French."""
    decimals = 0 if 1e8 <= size < 1e9 else 1
    return QLocale().formattedDataSize(size, decimals, QLocale.DataSizeFormat.DataSizeSIFormat)


def count_of_pictures(count: int) -> str:
    """Return a phrase for a number of images, such as "1,234 pictures", in the window's language."""
    return with_separators(translate("gallery", "%n picture(s)", "", count), count)


def with_separators(text: str, count: int) -> str:
    """Insert thousands separators into the number `count` where it first occurs in `text`."""
    return text.replace(str(count), number_text(count), 1)


def date_text(moment: date, pattern: str) -> str:
    """Format a date or datetime by a pattern of QLocale: "d MMM yyyy" gives "3 Mar 2024"."""
    day = QDate(moment.year, moment.month, moment.day)
    if not isinstance(moment, datetime):
        # A QDateTime takes eight times as long, because it looks up the time zone.
        return QLocale().toString(day, pattern)
    return QLocale().toString(QDateTime(day, QTime(moment.hour, moment.minute, moment.second)), pattern)


def time_text(moment: datetime) -> str:
    """Format the time of day without seconds, in the notation of the user's locale."""
    return QLocale().toString(QTime(moment.hour, moment.minute), QLocale.FormatType.ShortFormat)


def handout_words() -> Words:
    """Return the translated phrases for exported web pages and notebooks, in the language of the window."""
    from gdm_studio.learning.handout import Words

    return Words(translate, QLocale().bcp47Name().partition("-")[0])
