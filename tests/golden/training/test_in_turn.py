"""Results of seeds that ran one after the other."""

from golden.training.in_turn import progress_of, together

ONE = {
    "task": "mine", "seed": 3, "test_accuracy": None, "validation_accuracy": 0.5, "cost": 1.0, "samples_per_s": 30.0,
    "history": [{"samples": 9, "cost": 2.0}, {"samples": 18, "cost": 1.0}], "curve": [], "flags": ["p_overflow"],
    "argument_clamped": ["b", "c"], "operand_clipped": [], "trajectory": {}, "stability": {},
}  # fmt: skip


def test_numbers_become_lists_and_names_are_united():
    history = [{"samples": 9, "cost": 4.0}, {"samples": 18, "cost": 3.0}]
    other = {**ONE, "seed": 4, "validation_accuracy": 0.75, "samples_per_s": 60.0, "history": history}
    other |= {"flags": ["q_overflow"], "argument_clamped": ["a", "b"]}
    found = together([ONE, other])
    assert found["seed"] == [3, 4] and found["validation_accuracy"] == [0.5, 0.75] and found["test_accuracy"] is None
    assert found["history"] == [{"samples": 9, "cost": [2.0, 4.0]}, {"samples": 18, "cost": [1.0, 3.0]}]
    assert found["flags"] == ["q_overflow", "p_overflow"] and found["argument_clamped"] == ["a", "b", "c"]
    assert found["samples_per_s"] == 40.0 and found["task"] == "mine"
    assert "trajectory" not in found and "stability" not in found and "history" in ONE


def test_progress_goes_on_from_seed_to_seed():
    told = []
    for seed in range(2):
        told_of = progress_of(lambda *at: told.append(at), seed, 2)
        assert told_of is not None
        told_of(5, 5, "end")
    assert told == [(5, 10, "end"), (10, 10, "end")] and progress_of(None, 0, 2) is None
