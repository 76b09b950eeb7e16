"""Left panel of the Create page, with every setting of the next images."""
