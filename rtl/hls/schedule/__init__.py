"""The list scheduler: a plan becomes segments of control words, cycle by cycle, and commands that run them.

In: `RingPlan`, `Geometry`. Out: `schedule.Schedule`, checked. Imports rtl.hls.plan and rtl.hls.check.
"""
