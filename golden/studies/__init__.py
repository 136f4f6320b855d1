"""Studies: `python -m golden.studies.NAME` regenerates a committed result.

In: nothing but the code. Out: rows in docs/results/NAME.json, tables in the pages of docs. Imports any room of golden.
"""
