"""The command line. Each verb has its own file, and all verbs use the same engine as the window."""
