"""Learning rules: each module has `gradient(system, theta, inputs, targets, ...) -> (grads, cost, report)`."""
