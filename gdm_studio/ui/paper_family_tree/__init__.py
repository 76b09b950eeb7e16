"""Family tree of the diffusion systems in the literature: layout, graph, table and details."""
