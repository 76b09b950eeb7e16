"""Diffusion mathematics on plain floats and any array type. Imports no torch and accesses no files."""
