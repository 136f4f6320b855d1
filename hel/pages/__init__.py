"""What writes the documents and figures of the repository: commands `python -m hel.pages.NAME`, and what they share.

In: committed results. Out: tables in README and docs, figures, `make demo`.

May import of golden: errors, arithmetic, computer, tasks, program, systems, dynamics, training, studies,
studies.learning; of rtl: hls.report, hls, design, verilog; of testbench: itself; of bitstreams: estimate, learning; of
hel: arguments, output, figures, report, bench, commands, __main__.
"""
