"""Gallery page with its controllers, and the gallery panel of the Create page."""
