"""The saved denoising steps of an image as the window shows them: history, strip, view modes, word maps and animations."""
