"""The page that shows runs: one self-contained HTML file from the JSON of train, verify, rtl and build.

In: results of commands, or files of them (`read`). Out: HTML text (`page`). A section a module; each takes a `Run` and
gives a `Section`, or None where a run of its command has no such thing. What a section shows stands in the JSON; the
page computes nothing anew.

May import of golden: errors, computer, provenance; of hel: arguments, output.
"""
