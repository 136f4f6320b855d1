"""Sweeps: a command over the points of a file, on a pool of processes or on a Dask cluster; a row a point.

    spec      the file: a command, its fixed options, its axes
    axes      values of an axis, their product, zipped axes
    options   what a command takes, by the command's own parser
    keys      what `hel COMMAND --json` prints: what rows can keep
    sources   what a digest stands for besides a point's options: our sources, the user's files
    points    every point with its digest and its command line
    rows      the file of rows: one writer, synced, resumed, whose broken tail is dropped
    worker    a process that imports once and forks for every point
    hands     such a process, from the side of who starts it
    pool      several of them on this machine
    cluster   the same on the workers of a Dask scheduler
    outcome   what a command said, as a row
    engine    from points to rows
    columns   rows as columns: what a figure and an export read
    export    rows as Parquet

In: a TOML file. Out: JSON lines.

May import of golden: errors, computer, provenance; of hel: arguments, output.
"""
