"""Generation of images: running jobs, their saved results, and the modes Fast, Live and Set."""
