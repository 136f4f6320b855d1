"""What writes the documents and figures of the repository, each as `python -m hel.pages.NAME`.

In: committed results. Out: tables in README and docs, figures, `make demo`. Imports every other room.
"""
