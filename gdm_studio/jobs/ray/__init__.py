"""Generation on a Ray cluster: the connection to it, its workers and its pool of devices."""
