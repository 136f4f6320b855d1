import pytest

from golden.native import Unavailable
from hel.bench import plan, run

CASE = {"what": "speed", "system": "dense", "neurons": 4, "steps": 16, "batches": []}


def names(case=CASE, complain=lambda text: None):
    return [str(one.who) for one in run.contestants(case, plan.plan(True), lambda text: None, complain)]


def test_golden_is_first_and_may_be_alone(monkeypatch):
    monkeypatch.setattr(run, "processors", lambda: 2)
    assert names() == ["golden compiled", "golden compiled, 2 seeds", "golden NumPy"]
    monkeypatch.setattr(run, "processors", lambda: 1)
    assert names() == ["golden compiled", "golden NumPy"]


def test_without_a_compiler_it_says_so(monkeypatch):
    def none(*arguments, **options):
        raise Unavailable("there is no C compiler")

    told = []
    monkeypatch.setattr(run, "Compiled", none)
    assert names(complain=told.append) == ["golden NumPy"]
    assert told == ["hel: compiled golden is left out: there is no C compiler"]


@pytest.mark.parametrize("what, calls, count", [("speed", True, 6), ("speed", False, 4), ("growth", True, 4)])
def test_every_rule_batch_and_way(monkeypatch, what, calls, count):
    """Their names alone; what they do is tested beside."""
    from dataclasses import replace

    from hel.bench import jax_contestants
    from hel.bench.contestant import Who

    class Named:
        def __init__(self, setting, rule, batch=1, device="cpu"):
            self.who = Who(jax_contestants.NAMES[rule], batch if isinstance(batch, int) else 1, device=device)

    monkeypatch.setattr(jax_contestants, "Scanned", Named)
    monkeypatch.setattr(jax_contestants, "Called", lambda setting, rule, device: Named(setting, rule))
    monkeypatch.setattr(jax_contestants, "devices", lambda: {"cpu": None})
    chosen = replace(plan.plan(True), calls=calls)
    made = run.contestants({**CASE, "what": what, "batches": [1, 4]}, chosen, lambda text: None, lambda text: None)
    assert sum(one.who.name.startswith("JAX") for one in made) == count
