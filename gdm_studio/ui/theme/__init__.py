"""Appearance of the window: colours, fonts, icons, style sheet, and safe display of text from files."""
