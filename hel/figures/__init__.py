"""What is drawn: learning curves and trajectories, schedules, learning rules.

In: results of commands and studies. Out: PNG, SVG or PDF files. Needs matplotlib, and imports golden and rtl.hls.
"""
