"""Compare page: images side by side, under a slider, alternating or as a difference, with their settings."""
