"""Saved denoising steps: the step log, its file format, and earlier formats."""
