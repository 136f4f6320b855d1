"""The command line called within the tests, and a build that leaves the FPGA tools out."""

import json

from hel.__main__ import main


def hel(capfd, *argv):
    """(exit code, standard output, standard error) of a command."""
    code = main([str(a) for a in argv])
    captured = capfd.readouterr()
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
        return dict(figures) | measured | {"fmax_hz": 1e8, "steps_per_s": 1.0, "mac_per_s": 1.0}

    monkeypatch.setattr(build, "run", run)
    return asked
