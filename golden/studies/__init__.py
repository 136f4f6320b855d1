"""Studies: commands `python -m golden.studies.NAME` that regenerate a committed result, and what they share.

In: nothing but the code. Out: rows in docs/results/NAME.json, tables in the pages of docs.

May import of golden: errors, arithmetic, language, computer, tasks, cost_functions, program, systems, dynamics, stacks,
compiler, rules.glep, rules, training, checks.
"""
