"""Style sheet of the window, filled with the colours of a theme."""

from __future__ import annotations

from string import Template

from gdm_studio.ui.theme.colours import Tokens

SHEET = Template("""
* { outline: none; }
QWidget { color: $text; selection-background-color: $selection; selection-color: $text; }
QMainWindow, QDialog { background: $panel; }
QLabel { background: transparent; }
QLabel[role="label"] { color: $muted; font-size: 12px; }
QLabel[role="muted"] { color: $muted; font-size: 12px; }
QLabel[role="hint"] { color: $muted; font-size: 11px; }
QLabel[role="problem"] { color: $danger; font-size: 11px; }
QLabel[role="strong"] { font-weight: 600; font-size: 12px; }
QLabel[role="entry"] { font-size: 13px; }
QLabel[role="path"], QLabel[role="value"] { font-size: 12px; }
QLabel[role="danger"] { color: $danger; font-size: 12px; }
QLabel[role="title"] { font-weight: 600; font-size: 16px; }
QLabel[role="key"] {
    color: $muted; font-size: 11px; border: 1px solid $line; border-radius: 5px; padding: 0 5px;
}
QFrame[role="panel"] { background: $panel; border: none; }
QFrame[role="topbar"] { background: $panel; border: none; border-bottom: 1px solid $line; }
QFrame[role="page"] { background: $background; border: none; }
QFrame[role="notice"] { background: $tooltip; border: 1px solid $edge; border-radius: 10px; }
QFrame[role="bar"] { background: $panel; border: 1px solid $line; border-radius: 10px; }
QFrame[role="inset"] { background: $raised; border: 1px solid $line; border-radius: 9px; }
QFrame[role="segments"] { background: transparent; border: 1px solid $line; border-radius: 9px; }
QFrame[role="palette"] { background: $panel; border: 1px solid $edge; border-radius: 12px; }
QFrame[role="rule"] { background: $line; border: none; }
QFrame[role="popup"] QListView { background: transparent; border: none; padding: 0; }

QLineEdit, QPlainTextEdit, QFrame[role="field"] {
    background: $raised; border: 1px solid $line; border-radius: 9px; padding: 0 11px; color: $text;
}
QLineEdit, QPlainTextEdit { placeholder-text-color: $muted; }
QPlainTextEdit { padding: 5px 7px; font-size: 14px; }
QLineEdit { min-height: 36px; }
QFrame[role="page"] QLineEdit[role="card"], QPushButton[role="card"] { background: $card; }
QLineEdit:hover, QPlainTextEdit:hover, QFrame[role="field"]:hover { border-color: $edge; }
QLineEdit:focus, QPlainTextEdit:focus, QFrame[role="field"][focused="true"] { border-color: $accent; }
QLineEdit:disabled, QPlainTextEdit:disabled { color: $faint; }
QFrame[role="field"] QLineEdit { background: transparent; border: none; padding: 0; min-height: 0; }
QLineEdit[role="palette"], QLineEdit[role="palette"]:focus, QLineEdit[role="palette"]:hover {
    background: transparent; border: none; font-size: 15px; min-height: 48px;
}
QLineEdit[role="value"] {
    background: transparent; border: 1px solid transparent; border-radius: 5px; padding: 0; min-height: 16px;
    font-size: 12px;
}
QLineEdit[role="value"]:hover { background: $raised; }
QLineEdit[role="value"]:focus { background: $raised; border-color: $accent; }

QToolButton {
    background: transparent; color: $muted;
    border: 2px solid transparent; border-radius: 8px; padding: 3px 8px;
}
QToolButton:hover { background: $hover; color: $text; }
QToolButton:pressed { background: $pressed; color: $text; }
QToolButton:checked { color: $text; }
QToolButton:disabled { color: $faint; }
QToolButton:focus { border-color: $accent; }
QToolButton[role="mark"], QToolButton[role="on-action"] { padding: 0; border-width: 1px; border-radius: 6px; }
QToolButton[role="on-action"]:hover { background: rgba(0, 0, 0, 40); }
QToolButton[role="on-action"]:pressed { background: rgba(0, 0, 0, 80); }
QToolButton[role="on-action"]:focus { border-color: $on_accent; }
QToolButton[role="page"] { padding: 0 10px; font-weight: 500; }
QToolButton[tight="true"] { padding: 0 4px; }
QToolButton[role="page"]:checked, QToolButton[role="gear"]:checked { background: $raised; color: $text; }
QToolButton[role="gear"] { padding: 0; }
QToolButton[role="page"]:checked:disabled { background: transparent; color: $faint; }
QWidget[role="card"] QToolButton[role="page"]:checked { background: $card; }
QToolButton[role="chip"] { padding: 0 6px; font-weight: 500; border: 1px solid $line; border-radius: 9px; }
QToolButton[role="chip"]:hover { border-color: $edge; }
QToolButton[role="chip"]:checked { background: $raised; color: $text; border-color: $accent; }
QToolButton[role="chip"]:focus { border-color: $accent; }
QToolButton[role="fold"] {
    padding: 0; margin-left: -6px; color: $muted; font-size: 12px; border-width: 1px; border-radius: 6px;
}
QToolButton[role="fold"][marked="true"] { color: $accent; }
QToolButton[role="fold"]:hover { background: transparent; color: $text; }

QPushButton {
    background: $raised; border: 2px solid transparent; border-radius: 9px; padding: 0 12px; min-height: 30px;
    color: $text;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $faint; }
QPushButton[role="section"] { background: transparent; padding: 0 10px; text-align: left; }
QPushButton[role="section"]:hover { background: $hover; }
QPushButton[role="section"]:checked { background: $raised; }
QPushButton[role="danger"]:enabled { color: $danger; }
QPushButton[role="small"] { padding: 0 10px; min-height: 26px; border-radius: 8px; }
QPushButton[role="stop"] {
    background: $panel; border: 1px solid $edge; padding: 0 10px; min-height: 26px; border-radius: 8px;
}
QPushButton[role="stop"]:hover { background: $hover; }
QPushButton[role="stop"]:focus { border-color: $accent; }
QPushButton[role="flat"] { background: transparent; padding: 0 8px; min-height: 26px; }
QPushButton[role="flat"]:enabled { color: $muted; }
QPushButton[role="flat-danger"] { background: transparent; padding: 0 10px; min-height: 26px; }
QPushButton[role="flat-danger"]:enabled { color: $danger; }
QPushButton[role="flat"]:hover, QPushButton[role="flat-danger"]:hover { background: $hover; }
QPushButton[role="mark"] { background: transparent; padding: 0; min-height: 20px; border-radius: 6px; }
QPushButton[role="mark"]:hover { background: $hover; }
QPushButton[role="inline"], QPushButton[role="inline-accent"] {
    background: transparent; padding: 0 2px; min-height: 14px; font-size: 12px; font-weight: 600;
    border: 1px solid transparent; border-radius: 5px;
}
QPushButton[role="inline-accent"] { font-weight: 500; }
QPushButton[role="inline-accent"]:enabled { color: $accent; }
QPushButton[role="inline"]:hover, QPushButton[role="inline-accent"]:hover { background: $hover; }
QPushButton[role="inline"]:focus, QPushButton[role="inline-accent"]:focus { border-color: $accent; }
QPushButton[role="link"] { background: transparent; padding: 0 6px; font-weight: 500; }
QPushButton[role="link"]:enabled { color: $accent; }
QPushButton[role="link"]:hover { background: $hover; }
QPushButton[role="primary"]:disabled { background: $raised; color: $muted; }
QPushButton[role="primary"]:enabled { background: $accent; color: $primary_text; font-weight: 500; }

QScrollArea, QListView { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px 3px 2px 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle { background: $edge; border-radius: 2px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }

QProgressBar { background: $raised; border: none; border-radius: 2px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QToolTip {
    background: $tooltip; color: $text; border: 1px solid $edge; padding: 5px 7px; font-size: 12px;
}
QMenu { background: $panel; border: 1px solid $edge; border-radius: 9px; padding: 5px; }
QMenu::item { padding: 6px 26px 6px 10px; border-radius: 6px; color: $text; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $faint; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $line; margin: 5px 8px; }

QComboBox { background: transparent; border: none; combobox-popup: 0; }
QComboBox QAbstractItemView, QAbstractItemView[role="popup"] {
    background: $panel; border: 1px solid $edge; border-radius: 9px; padding: 4px; outline: none;
}
QListView[role="completions"] { background: $panel; border: 1px solid $edge; border-radius: 9px; padding: 4px; }
QListView:window { background: $panel; border: 1px solid $edge; color: $text; }
QListView[role="completions"]::item { padding: 6px 8px; border-radius: 6px; color: $text; }
QListView[role="completions"]::item:selected { background: $hover; color: $text; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section {
    background: transparent; color: $muted; border: none; border-bottom: 1px solid $line;
    padding: 0 12px; height: 34px; font-size: 12px; font-weight: 500;
}
QHeaderView::section:hover { color: $text; }
QTableView { background: transparent; border: none; gridline-color: transparent; }
QTableView::item, QTableView::item:selected { background: transparent; border: none; padding: 0 9px; }
QHeaderView::up-arrow, QHeaderView::down-arrow { width: 0; height: 0; image: none; }
QTextBrowser { background: transparent; border: none; }
""")


def style_sheet(tokens: Tokens) -> str:
    """Return the window's Qt style sheet with the colours of the given theme."""
    colours = {name: value for name, value in vars(tokens).items() if isinstance(value, str)}
    return SHEET.substitute(colours)
