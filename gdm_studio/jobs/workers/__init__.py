"""Worker processes, one per device, that together generate the images of a job."""
