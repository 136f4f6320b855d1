"""The front door: the command line `hel`. It imports the other packages and is imported by none."""
