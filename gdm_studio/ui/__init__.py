"""The window. No other package imports PySide6 and qasync."""
