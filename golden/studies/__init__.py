"""Studies: `python -m golden.studies.NAME` regenerates a committed result."""
