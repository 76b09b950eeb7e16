"""Diffusion mathematics on plain floats and whatever array type comes in: no torch, no I/O."""
