"""Settings panel of the Create page, with all settings for the next images."""
