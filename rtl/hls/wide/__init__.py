"""Arrays whose elements have several banks: their addresses, scheduler, checker, cycle model. docs/wide.md explains.

`requirements` says whether all banks work on a plan's sums or the last one makes them alone, `bank_map` where words
lie; `slots`, `chain` and `step`, or `alone_slots` and `alone_step`, make a step's control words, `rotated` those of a
loop of forward steps, `transfer` the others, `schedule` puts them together; `hazards` and `alone_hazards` follow what
registers and memories hold through finished words; `cycle_model` plays them. One bank is `rtl.hls.schedule`'s.

May import of golden: errors, arithmetic, program; of rtl: hls.plan, hls.check, hls.schedule, hls.cycle_model.
"""
