"""The front door: the command line `hel`. It imports the other packages and is imported by none."""

from hel import first as _first  # noqa: F401  before any other import: our packages win over a user's of their names
