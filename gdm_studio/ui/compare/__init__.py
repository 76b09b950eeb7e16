"""Compare page: images side by side, with a slider, alternating or as a difference, and their settings."""
