"""The wide element: B banks of two multipliers on one state, one table, one update; the array's where B > 1.

`element.WideElement` takes a `Width` (`rtl.hls.plan.width`) beside the `Geometry`; `control` has its control word. Bank
b does what bank b - 1 did one cycle ago, which keeps the copies of the control word apart, brings the banks' stationary
operands and row sums one after another, and lets one sequence of addresses serve all banks. docs/wide.md has the
measurements and says which of the two ways of W^T s is kept.

May import of golden: arithmetic; of rtl: hls.plan, primitives, element.
"""
