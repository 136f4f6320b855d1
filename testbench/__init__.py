"""Co-simulation: an RTL array on Verilator or Icarus, driven by scripts that play inside the simulator.

`runner.build` compiles, `session.launch` calls an async function inside the simulator, `session.SimulatedPort` plays
scripts made with `script.write` and `script.read`.
"""
