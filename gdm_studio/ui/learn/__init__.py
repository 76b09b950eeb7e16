"""Learn page: samplers on points in the plane, whose score and distribution are known exactly."""
