"""Servers that generate images for other programs: an HTTP server and an MCP server."""
