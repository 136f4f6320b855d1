"""The list scheduler: a ring plan becomes segments of control words, cycle by cycle, and commands that run them.

`step` chooses what goes next by an order, `search` the shortest of a few orders, which `needs` says when to end;
`terms`, `rotations` and `pieces` give the products, `sums`, `products` and `finish` book them in the
`reservation_table` while `lifetimes` watches the registers; `transfer` writes the other segments, `allocate` gives
words of the vector store; `schedule` puts all together and has it checked. `command` says how a segment is run, `play`
runs it on the cycle model.

In: `RingPlan`, `Geometry`. Out: `schedule.Schedule`, checked; `command.Command`.

May import of golden: errors; of rtl: hls.plan, hls.check.
"""
