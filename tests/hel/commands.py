"""The command line called within the tests, and a build that leaves the FPGA tools out."""

import json

from hel.__main__ import main
from hel.explore.keys import KEYS


def hel(capfd, *argv):
    """(exit code, standard output, standard error) of a command; its JSON has no keys but those of `KEYS`."""
    code = main([str(a) for a in argv])
    captured = capfd.readouterr()
    if "--json" in argv and captured.out and argv[0] in KEYS:
        new = set(json.loads(captured.out)) - {*KEYS[argv[0]], "made_by", "failed"}
        assert not new, f"what a row of `hel explore` can keep stands in hel/explore/keys.py; add to {argv[0]} {new}"
    return code, captured.out, captured.err


def answer(capfd, *argv):
    """What a command that must succeed prints with --json."""
    code, out, err = hel(capfd, *argv, "--json")
    assert code == 0, err
    return json.loads(out)


def without_tools(monkeypatch):
    """Replaces synthesis, placing and routing by numbers that mean nothing; returns the list of the jobs asked for."""
    from bitstreams import build

    asked = []

    def run(job, output, figures, progress):
        asked.append(job)
        measured = {"bitstream": "a.bit", "lut": 1, "ff": 1, "dsp": job.dsp, "dsp_available": 28, "bram": job.bram}
        clocks = {"clock_asked_hz": job.clock_hz, "clock_hz": job.pll().output_hz, "seed": job.seed}
        return dict(figures) | measured | {"fmax_hz": 1e8, "steps_per_s": 1.0, "mac_per_s": 1.0} | clocks

    monkeypatch.setattr(build, "run", run)
    return asked
