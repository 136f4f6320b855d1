"""What holds a schedule to its word, without the scheduler's help.

`hazards` follows what registers and memories hold through the control words of a step; `cycle_model` executes control
words register by register, and is what the RTL is compared with at every clock.

In: control words, `MemoryMap`, `Traffic`. Out: nothing, or an AssertionError; registers, cycle by cycle. Imports
rtl.hls.plan and golden's table formats.
"""
