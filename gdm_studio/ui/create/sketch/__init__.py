"""Sketch: drawing on the canvas. The image is generated again after each stroke."""
