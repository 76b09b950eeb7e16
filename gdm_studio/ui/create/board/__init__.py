"""Boards: pages of image cells that one job fills, laid out as a grid, a set, variations or an interpolation."""
