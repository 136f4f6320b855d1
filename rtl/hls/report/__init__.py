"""A schedule in words: who is busy when, and what a system lacks in an array that is already built.

`explain` reads a schedule back from its control words; `ceiling` says how few cycles a step could take; `reuse`
compares the geometry that a program requires with one that is there, and joins those of several programs; `origin`
says which statement a register was working on; `tables` how full the weight memory is.

In: `Schedule`, `Geometry`. Out: tables, sentences, a `Geometry`.

May import of golden: errors, arithmetic, program; of rtl: hls.plan, hls.schedule, hls.wide.
"""
