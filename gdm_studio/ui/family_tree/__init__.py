"""The family tree of the systems of the literature: where everything lies, the drawing, the table, what is told."""
