"""Downloads of models, the only connections to the Internet that the program opens itself."""
