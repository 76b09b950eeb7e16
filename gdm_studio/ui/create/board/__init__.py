"""Boards: pages of image cells filled by one job, laid out as a grid, a set, variations or an interpolation."""
