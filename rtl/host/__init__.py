"""The host's side of the port: what a host says to an array, and the bridge that brings it there over a serial line.

`driver` turns parameters, states and inputs into commands and answers back into arrays; `transactions` turns commands
into requests of the port; `uart` is the bridge. The first two are NumPy, for boards, simulators and tests alike.

In: `rtl.hls.Schedule`, raw integers. Out: `rtl.hls.Command`, requests, arrays.

May import of golden: errors; of rtl: streams, hls.plan, hls.schedule, hls.wide.
"""
