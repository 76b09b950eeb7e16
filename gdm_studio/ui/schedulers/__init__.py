"""Same seed, many schedulers: one picture of each, side by side, to look at, to take over and to save."""
