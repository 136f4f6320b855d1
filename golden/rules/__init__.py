"""Learning rules: each module has `gradient(system, theta, inputs, targets, ...) -> (grads, cost, report)`.

===================================  =================================================================================
`rhel`, `rhel_fixed`                 the Hamiltonian echo, float64 and integers: the default
`stack`                              echoes of a stack of layers, in lock-step
`dissipative`, `dissipative_fixed`   the echo of a damped system
`glep`                               least action under any boundary condition; `pfvp` is the echo
`heb`                                the momenta of dynamical parameters
`ep`, `ep_fixed`                     systems at rest
`bptt`, `stack_bptt`                 the references: backpropagation through time
`finite_differences`                 the plainest reference (of boundary problems: `glep.finite_differences`)
===================================  =================================================================================

When to use which, and what each costs: docs/learning_rules.md.
"""
