"""What goes wrong for a reason that a person can mend."""


class Mendable(Exception):
    """The command line shows the text, in one line, and ends with exit code 2."""
