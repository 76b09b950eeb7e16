"""The look: colours, fonts, icons, and how pictures and foreign text are shown."""
