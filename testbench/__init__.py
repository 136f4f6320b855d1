"""Co-simulation: an RTL array on Verilator or Icarus, driven by scripts that play inside the simulator.

`verify.verify` is where it begins: a design's RTL against golden; `train_rtl.train_rtl` lets the array learn,
`reuse.verify_reuse` loads one array with many programs. Beneath them `runner.build` compiles (bench.sv, the array),
`session.launch` calls an async function inside the simulator (`inside`), where `session.SimulatedPort` plays scripts
made with `script.write` and `script.read`; `array` is an array behind that port. `follow` compares a recording with
the cycle model, `mismatch` names the first word that differs, `waves` writes what a wave viewer shows, `mutants` puts
errors in on purpose.

In: a `rtl.design.Design`. Out: a report with mismatches, compared words, cycles.

May import of golden: errors, arithmetic, language, computer, tasks, program, systems, dynamics, training, provenance;
of rtl: hls.plan, element.wide, hls.schedule, hls.cycle_model, hls.wide, hls.report, hls, design, host, convert,
verilog.
"""
