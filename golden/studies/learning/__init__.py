"""The study of learning: baselines, BPTT and HEL on every task, chosen alike and tested once.

============  =========================================================================================================
`protocol`    what was stated beforehand: tasks, models, sizes, candidates
`runs`        samples to learn from and to judge on, by seed and draw; scores
`fitted`      linear models, and MiniRocket; `recurrent`: in JAX; `echo`: fixed HEL, and the frozen system
`models`      all of them by name
`selection`   the choice on validation samples; `tested`: the one reading of the test sets
`comparison`  two models on one task, paired; `layers`: stacks in fixed HEL's place, on validation samples
============  =========================================================================================================

In: a task's name. Out: rows in docs/results/learning_selection.json and docs/results/learning.json; of stacks in
docs/results/learning_layers.json.

May import of golden: errors, arithmetic, language, tasks, systems, native, training, studies, peers.
"""
