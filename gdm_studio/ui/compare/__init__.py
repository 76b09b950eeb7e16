"""Pictures compared: side by side, under a slider, in turn or by their difference, with what made them."""
