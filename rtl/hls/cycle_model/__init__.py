"""The cycle-accurate model of the array, register by register on integers, and what plays commands on it.

In: control words, by `play` those of a `Schedule`'s commands. Out: the words the array sends, every register in every
cycle. Imports golden.arithmetic, rtl.hls.plan and rtl.hls.schedule; never the RTL, which is compared with it.
"""
