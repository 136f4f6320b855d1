"""The cycle-accurate model of the array, register by register on integers, and what plays commands on it.

`rules` says what each register becomes; `cycle_model` takes them through one clock, `over_time` looks at a recording of
many clocks at once.

In: control words, by `play` those of a `Schedule`'s commands. Out: the words the array sends, every register in every
cycle.

May import of golden: arithmetic; of rtl: hls.plan, hls.schedule.
"""
