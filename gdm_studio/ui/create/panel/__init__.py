"""The left panel: what makes a picture."""
