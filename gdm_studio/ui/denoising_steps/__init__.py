"""Saved denoising steps in the window: their history, strip, view modes, word maps and animations."""
