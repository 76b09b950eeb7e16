"""Jobs: runs of requests, in this process or in worker processes, whose images are saved."""
