"""Worker processes, one per device, that divide the images of a job among them."""
