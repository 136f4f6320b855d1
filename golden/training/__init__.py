"""Learning a task: the conversation between trainer and learner, the readout, the update; still images at rest.

In: a task and a system. Out: learnt parameters, accuracies. Imports golden.compiler, dynamics, costs, rules and tasks.
"""
