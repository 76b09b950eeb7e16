"""ComfyUI's interface: graphs of nodes become requests, whose progress clients follow over a WebSocket."""
