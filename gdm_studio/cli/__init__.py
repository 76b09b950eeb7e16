"""The command line: one file a verb, over the same engine as the window."""
