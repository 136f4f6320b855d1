"""What a potential may say: NumPy code is traced to a graph, differentiated, and evaluated in float64.

In: a function of symbols. Out: `graph.Graph`, and its values.

May import of golden: errors.
"""
