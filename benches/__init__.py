"""Measurements for those who work on the program, run by `gdm-studio bench`: in its source tree, in no wheel."""
