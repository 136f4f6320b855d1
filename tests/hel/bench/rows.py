"""Rows as a run makes them, of two sizes and of memory."""


def timed(who, rate, behind, batch=1, how="", device="cpu", n=32, steps=32, what="speed"):
    row = {"what": what, "system": "dense", "neurons": n, "steps": steps, "who": who, "batch": batch, "how": how}
    times = {"samples_per_s": rate, "slowest": rate, "fastest": rate, "wall_s": 1 / rate, "cpu_s": 1.5 / rate}
    return row | times | {"device": device, "processors": 1.5, "behind": behind}


def held(who, steps, grown, temporary=None):
    row = {"what": "memory", "system": "dense", "neurons": 64, "steps": steps, "who": who, "batch": 1, "samples": 64}
    return row | {"before_bytes": 10**8, "peak_bytes": 10**8 + grown, "xla_temporary_bytes": temporary}


ROWS = [
    timed("golden compiled", 40e3, 1.0),
    timed("golden compiled", 70e3, 0.6, how="2 seeds"),
    timed("golden NumPy", 250.0, 160.0),
    timed("JAX HEL", 8e3, 5.0),
    timed("JAX HEL", 20e3, 2.0, batch=64),
    timed("JAX BPTT", 10e3, 4.0),
    timed("JAX BPTT", 50e3, 0.8, batch=256),
    timed("JAX BPTT", 30e3, 1.3, batch=64),
    timed("JAX HEL", 4e3, 10.0, how="call a sample"),
    timed("golden compiled", 1e3, 1.0, n=64),
    timed("JAX BPTT", 800.0, 1.25, batch=64, n=64),
    timed("golden compiled", 90e3, 1.0, n=16, what="growth"),
    held("golden compiled", 32, 0),
    held("JAX BPTT", 32, 5 * 10**6, 4 * 10**6),
    held("golden compiled", 256, 0),
    held("JAX BPTT", 256, 40 * 10**6, 32 * 10**6),
]
MACHINE = {"processor": "a", "processors": 2, "python": "3.11", "numpy": "2", "jax": "0.10", "devices": ["cpu (cpu)"]}
CASES = [{key: row[key] for key in ("what", "system", "neurons", "steps")} for row in ROWS]
DOCUMENT = {
    "command": "hel bench",
    "machine": MACHINE,
    "measured": [{"case": case, "rows": [row]} for case, row in zip(CASES, ROWS, strict=True)],
}
