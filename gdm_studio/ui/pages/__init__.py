"""The pages of the window, each laid out from the widgets beside it."""
