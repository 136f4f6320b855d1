"""The host's side of the port: what a host says (driver, transactions) and the bridge to a serial line (uart).

In: parameters, states, inputs. Out: requests, and answers as arrays. Imports rtl.hls and rtl.streams.
"""
