"""Arrays whose elements have several banks: their addresses, scheduler, checker, cycle model. docs/wide.md explains.

`requirements` says what an element of several banks has a form for, `bank_map` where words lie; `slots`, `chain` and
`step` make a step's control words, `rotated` those of a loop of forward steps, `transfer` the others, `schedule` puts
them together; `hazards` follows what registers and memories hold through finished words; `cycle_model` plays them. One
bank is `rtl.hls.schedule`'s.

May import of golden: errors, arithmetic, program; of rtl: hls.plan, hls.check, hls.schedule, hls.cycle_model.
"""
