"""Outpainting: place a larger frame around the start image and generate the added area."""
