"""Launcher, menu entry and description of the bundled program, as desktops of Linux expect them."""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape

from installer.menu import ID, NAME, desktop_file

# Python of the user, its settings and its packages must not reach the bundle, and the bundle may be read-only.
# A build of torch for a graphics card is beside the folder of versions; see torch_folder.py.
LAUNCHER_SCRIPT = """\
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
unset PYTHONHOME PYTHONPATH PYTHONSTARTUP
export PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1
case "${1-}" in
--update | --rollback | --torch | --uninstall | --menu)
    exec "$here/python/bin/python3" -P "$here/installer/bundle" "$@"
    ;;
esac
torch="$here/../../torch/@TORCH@"
if [ -d "$torch" ]; then export PYTHONPATH="$torch"; fi
exec "$here/python/bin/python3" -P -m gdm_studio "$@"
"""


def launcher_script(torch: str) -> str:
    """Return the launcher of a version, which uses the build of torch in the folder with a name if it exists."""
    return LAUNCHER_SCRIPT.replace("@TORCH@", torch)


SUMMARY = "Make pictures with diffusion models, step by step"


def menu_entry(program: str) -> str:
    """Return the .desktop file that starts `program`, a command on PATH."""
    return desktop_file(program, program)


def metainfo(version: str) -> str:
    """Return the AppStream description that software centres show."""
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application">
  <id>org.gdm_studio.{ID}</id>
  <name>{NAME}</name>
  <summary>{escape(SUMMARY)}</summary>
  <metadata_license>CC0-1.0</metadata_license>
  <project_license>Apache-2.0</project_license>
  <description>
    <p>
      GDM Studio draws images with diffusion models on this computer, without a network. It shows every denoising step,
      saves the steps, and continues from any of them. A small model is included; Stable Diffusion checkpoints can be
      added.
    </p>
  </description>
  <launchable type="desktop-id">{ID}.desktop</launchable>
  <categories>
    <category>Graphics</category>
  </categories>
  <content_rating type="oars-1.1"/>
  <releases>
    <release version="{version}" date="{date.today().isoformat()}"/>
  </releases>
</component>
"""
