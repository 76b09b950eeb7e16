"""A place in a list or a table, as Qt hands it to models and to what paints their entries."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex

Index = QModelIndex | QPersistentModelIndex
