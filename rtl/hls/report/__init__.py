"""A schedule in words: who is busy when, and what a system lacks in an array that is already built.

In: `Schedule`, `Geometry`. Out: tables, sentences. Imports rtl.hls.plan and rtl.hls.schedule.
"""
