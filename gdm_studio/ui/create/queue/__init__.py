"""The queue in the window: its panel, and what goes on when nobody looks."""
