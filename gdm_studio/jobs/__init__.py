"""Jobs, which run requests in this process or in worker processes and save their images."""
