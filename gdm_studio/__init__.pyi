from gdm_studio.studio.studio import Studio as Studio

__version__: str
