"""Pictures beside each other in panes, under a slider, in turn or by their difference."""
