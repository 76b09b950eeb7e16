"""Programs that ask for images: an HTTP server and an MCP server."""
