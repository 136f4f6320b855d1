"""What an array must be and hold: a program bound to the ring's motions, its geometry, memory map and control fields.

In: `golden.program.Program`. Out: `ring_plan.RingPlan`, `geometry.Geometry`. Imports golden.
"""
