"""Client of the accessibility bus, run by a Python that has AT-SPI's library (gi), which need not be the program's.

    python3 accessibility_client.py GENERATED

Presses buttons of the running window by their names, as a screen reader does, and prints one JSON object per line: the
visible elements of each view, and the announcements. `GENERATED` is the text that announces the finished image.
"""

import json
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

# Seconds for whatever has to happen.
PATIENCE = 120.0
# Seconds without a change after which a view counts as complete.
QUIET = 0.5
# Seconds after which a view is read although it still changes.
LONGEST_WAIT = 3.0
# Events of elements that appear, disappear or get another name.
CHANGES = ("object:children-changed", "object:state-changed:showing", "object:property-change:accessible-name")
STATES = (
    "FOCUSED",
    "FOCUSABLE",
    "CHECKED",
    "CHECKABLE",
    "SELECTED",
    "EXPANDED",
    "COLLAPSED",
    "EXPANDABLE",
    "ENABLED",
    "ACTIVE",
)
# Entries of a list that are read.
ENTRIES = 12
# Each view: its name, and the elements that are pressed to reach it, (role, name).
TAB, BUTTON, TOGGLE, OPTION = "page tab", "push button", "check box", "radio button"
VIEWS = (
    ("Create", ()),
    ("Settings of Create", ((BUTTON, "More"), (BUTTON, "Advanced"), (BUTTON, "Regions"))),
    ("Set", ((TOGGLE, "Set"),)),
    ("Create again", ((TOGGLE, "Set"),)),
    ("A picture", ((BUTTON, "Generate"),)),
    ("Sketch", ((TOGGLE, "Sketch"),)),
    ("Create after the sketch", ((TOGGLE, "Sketch"),)),
    ("Gallery", ((TAB, "Gallery"),)),
    ("Compare", ((TAB, "Compare"),)),
    ("Models", ((TAB, "Models"),)),
    ("Get a model", ((BUTTON, "Get a model…"),)),
    ("Lessons", ((BUTTON, "Close"), (TAB, "Learn"))),
    ("Settings of the points", ((OPTION, "Settings"),)),
    ("Family tree", ((BUTTON, "Family tree"),)),
    ("Systems side by side", ((OPTION, "Side by side"),)),
    ("Train", ((TAB, "Train"),)),
    ("Settings", ((TAB, "Settings"),)),
    ("Actions", ((BUTTON, "Search actions"),)),
)


def application():
    desktop = Atspi.get_desktop(0)
    found = (desktop.get_child_at_index(place) for place in range(desktop.get_child_count()))
    return next((each for each in found if each is not None and "gdm" in (each.get_name() or "")), None)


def elements(root):
    """Yield the visible elements below one, each with its path of roles and names. Elements may vanish meanwhile."""
    waiting = [(root, ())]
    while waiting:
        element, path = waiting.pop()
        try:
            states = element.get_state_set()
            if len(path) > 1 and not states.contains(Atspi.StateType.SHOWING):
                continue
            role = element.get_role_name()
            yield element, path, role, states
            count = element.get_child_count()
            if role in ("list", "table"):
                count = min(count, ENTRIES)
            here = (*path, f"{role} {element.get_name()}".strip())
            waiting += [(child, here) for child in map(element.get_child_at_index, reversed(range(count))) if child]
        except GLib.Error:
            continue


def described(element, path, role, states):
    """Return what is checked of an element. Each question takes a message to the program and back."""
    found = {
        "role": role,
        "name": element.get_name() or "",
        "path": list(path),
        "states": [name for name in STATES if states.contains(getattr(Atspi.StateType, name))],
    }
    if role == "combo box":
        relations = [relation.get_relation_type() for relation in element.get_relation_set()]
        found["labels"] = sum(relation is Atspi.RelationType.LABELLED_BY for relation in relations)
        found["description"] = element.get_description() or ""
    if role == "slider" and "Value" in element.get_interfaces():
        value = element.get_value_iface()
        found["value"] = [value.get_minimum_value(), value.get_current_value(), value.get_maximum_value()]
    return found


def view(root):
    found = []
    for each in elements(root):
        try:
            found.append(described(*each))
        except GLib.Error:
            continue
    return found


def complete_view(root, changes, end):
    """Return the visible elements once no element has changed for a while and one has the focus, at the latest at the
    time `end`.
    """
    before = None
    while True:
        # Reading a view takes longer than any wait. It begins when the view has settled, unless that has no end.
        wait_for_quiet(changes, min(end, time.monotonic() + LONGEST_WAIT))
        seen = len(changes)
        found = view(root)
        settle(0.05)
        is_quiet = len(changes) == seen or found == before
        if is_quiet and is_focused(found) or time.monotonic() > end:
            return found
        before = found


def wait_for_quiet(changes, end):
    """Wait until no element has changed for `QUIET` seconds, at the latest until the time `end`."""
    quiet_since, seen = time.monotonic(), len(changes)
    while time.monotonic() < min(quiet_since + QUIET, end):
        settle(0.05)
        if len(changes) != seen:
            quiet_since, seen = time.monotonic(), len(changes)


def is_focused(found):
    """Return True if an element has the focus, or no window is active."""
    states = {state for each in found for state in each["states"]}
    return "FOCUSED" in states or "ACTIVE" not in states


def press(root, role, name):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for element, _, kind, states in elements(root):
            if kind == role and element.get_name() == name and states.contains(Atspi.StateType.ENABLED):
                element.get_action_iface().do_action(0)
                return
        settle(0.3)
    sys.exit(f"There is no {role} {name!r} to press")


def settle(seconds):
    """Receive events for some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        while GLib.MainContext.default().iteration(False):
            pass
        time.sleep(0.02)


def main(generated):
    # Milliseconds. A busy computer takes longer than the second that is the default.
    Atspi.set_timeout(30_000, 30_000)
    announced = []
    changes = []
    listener = Atspi.EventListener.new(lambda event: announced.append(str(event.any_data)))
    listener.register("object:announcement")
    change_listener = Atspi.EventListener.new(lambda event: changes.append(event.type))
    for change in CHANGES:
        change_listener.register(change)
    end = time.monotonic() + PATIENCE
    while (root := application()) is None:
        if time.monotonic() > end:
            sys.exit("The window is not on the bus")
        settle(0.3)
    for title, presses in VIEWS:
        for role, name in presses:
            press(root, role, name)
            if name == "Generate":
                while generated not in announced and time.monotonic() < end + PATIENCE:
                    settle(0.2)
        found = complete_view(root, changes, end + PATIENCE)
        print(json.dumps({"view": title, "elements": found}), flush=True)
    print(json.dumps({"announced": announced}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
