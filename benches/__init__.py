"""Benchmarks for developers, run by `gdm-studio bench`. They are in the source tree but not in the wheel."""
