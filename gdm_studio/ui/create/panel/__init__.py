"""Settings panel of the Create page, with all settings of the next images."""
