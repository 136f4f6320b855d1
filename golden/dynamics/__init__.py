"""Motion in time: the leapfrog and its inverse, the echo with its gradient sums, damping, relaxation to rest.

===================  =================================================================================================
`leapfrog`           a step and its inverse in float64; `damped_leapfrog` with damping
`integrator`         the same in integers, and the twin echo: the golden model of the array; its loops are `stepper`
`nudges`             nudges of every step that are known before an echo begins
`accumulator`        the echo's gradient sums
`flags`              what overflowed or was clipped on the way
`damped_integrator`  damping in integers, exactly inverted
`relax`              to a minimum of an energy, in float64
`stability`          whether a step is stable, and how fast a perturbation grows
===================  =================================================================================================

In: a system or a program, parameters, a state. Out: the state later, earlier or at rest; gradients in integers.

May import of golden: errors, arithmetic, language, program, systems.
"""
