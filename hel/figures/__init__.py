"""What is drawn: learning curves and trajectories, schedules, learning rules.

In: results of commands and studies. Out: PNG, SVG or PDF files.

May import of golden: computer, dynamics; of rtl: hls.report; of hel: arguments, output.
"""
