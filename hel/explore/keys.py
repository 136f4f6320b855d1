"""The keys of what `hel COMMAND --json` prints: what a row can keep is known before anything runs.

`made_by`, which every command prints, stands in every row by itself. Some keys are there for some options only. The
tests hold every result that they look at to this table (tests/hel/commands.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from hel.arguments import UsageError, suggest

__all__ = ["KEYS", "checked"]


def checked(key: str, there: Collection[str], of: str = "") -> None:
    """Raises UsageError where the first part of a dotted key is none of those that are there.

    of : what the keys are of, where they lie deeper in a result

    >>> checked("predicted.lut", KEYS["build"])
    >>> checked("lat", ["lut", "ff"], "predicted")
    Traceback (most recent call last):
    ...
    hel.arguments.UsageError: keep names keys of the result, got 'lat', did you mean lut? predicted has lut, ff
    """
    if (head := key.partition(".")[0]) not in there:
        hint = suggest(head, there) or ";"
        raise UsageError(f"keep names keys of the result, got {key!r}{hint} {of or 'it'} has {', '.join(there)}")


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


KEYS: Mapping[str, tuple[str, ...]] = {
    "new": _names("file system"),
    "systems": _names("systems neurons inputs"),
    "tasks": _names("tasks"),
    "gradcheck": _names(
        """
        system neurons steps seed cost_kind targets fraction_bits operand_bits integer_bits executor eps
        best_eps best_relative_error_fixed cost cosine_float relative_error_float asymmetry cosine_fixed
        relative_error_fixed round_off stability return_error_lsb flags argument_clamped operand_clipped
        cuts cut_formats tables masses realised_masses rows fixed float figure angles
        """
    ),
    "glep": _names("system neurons parameters steps step eps seed rows errors figure demo true_k12 epochs rate"),
    "train": _names(
        """
        task learnt_by system arithmetic neurons epochs seed training_samples recipe optimiser formats cuts
        cut_formats tables test_accuracy validation_accuracy cost history curve samples_per_s rule executor
        flags argument_clamped operand_clipped trajectory stability report iterations_per_batch test_nmse
        validation_nmse mismatches compared_words cycles cycles_predicted stall_cycles cycles_per_second
        simulator elements banks given_up
        """
    ),
    "verify": _names(
        """
        mismatches compared_words compared_cycles cycles cycles_predicted stall_cycles cycles_per_second
        flags first_mismatch trajectory system neurons elements banks inputs formats cycles_per_step
        cycles_per_echo_step cycles_per_update busy schedule simulator steps seed waves cuts cut_formats
        tables failed mutant netlist masses realised_masses angles report
        """
    ),
    "rtl": _names(
        """
        choice explain figure file module memory_map system neurons elements banks inputs formats cycles_per_step
        cycles_per_echo_step cycles_per_update busy geometry accumulator_bits ports registers store_parts
        parameters memory segments control_store cuts cut_formats tables schedule predicted board
        lut_available ff_available dsp_available bram_available passes resident masses realised_masses angles
        """
    ),
    "build": _names(
        """
        command bitstream fmax_hz fmax_routed_hz clock_asked_hz clock_hz dsp dsp_available bram bram_available lut
        lut_available ff ff_available critical_path board speed seed placer floorplan baud digest tools
        system neurons elements banks inputs formats masses realised_masses angles cuts cut_formats tables
        cycles_per_step cycles_per_echo_step cycles_per_update busy geometry predicted macs_per_step
        steps_per_s mac_per_s multiplier_use schedule choice report
        """
    ),
    "bench": _names("rows machine with_jax out figure"),
    "report": _names("page bytes runs"),
    "doctor": _names("checks missing optional failed"),
}
