"""What an array must be and hold, before anything has a cycle: a program bound to the ring, geometry, addresses.

`bind` makes the `ring_plan` of a program, `padding` keeps its pads 0, `requirements` the smallest `geometry` that runs
it, `memory_map` the addresses of what is stored, `table_shape` places the tables, `ring_visits` the ways of the lanes.
Beside them stand the contracts that scheduler, checkers, cycle model and RTL share: `control` (fields of a word),
`timing` (when a field acts), `registers` (host port), `debug_bus`, and `traffic` (of the vector store).

In: `golden.program.Program`. Out: `RingPlan`, `Geometry`, `MemoryMap`.

May import of golden: errors, arithmetic, program.
"""
