"""Turns on a clock of our own: each contestant takes the seconds that it says."""

import pytest

from hel.bench import rounds
from hel.bench.contestant import Who


class Clock:
    def __init__(self, monkeypatch):
        self.wall = self.cpu = 0.0
        monkeypatch.setattr(rounds.time, "perf_counter", lambda: self.wall)
        monkeypatch.setattr(rounds.time, "process_time", lambda: self.cpu)


class Player:
    def __init__(self, name, clock, walls, samples=1, threads=1):
        self.who, self.clock, self.samples, self.threads = Who(name), clock, samples, threads
        self.walls, self.times = iter(walls), 0

    def learn(self):
        wall = next(self.walls)
        self.clock.wall += wall
        self.clock.cpu += wall * self.threads
        self.times += 1


def test_medians_ratios_and_processors(monkeypatch):
    clock = Clock(monkeypatch)
    ours = Player("golden compiled", clock, [9, 1, 1, 2, 4])
    peer = Player("JAX HEL", clock, [9, 8, 8, 4, 12], samples=4, threads=2)
    first, second = rounds.alternated([ours, peer], rounds=3, seconds=0.5)
    assert first["samples_per_s"] == 0.5 and first["behind"] == 1.0  # of 1, 2, 4 seconds
    assert (first["slowest"], first["fastest"]) == (0.25, 1.0)
    assert second["wall_s"] == 2.0 and second["cpu_s"] == 4.0 and second["processors"] == 2.0
    assert second["behind"] == 0.75  # of 2/1, 1/2 and 3/4
    assert ours.times == peer.times == 5


def test_short_blocks_are_repeated(monkeypatch):
    clock = Clock(monkeypatch)
    quick = Player("a", clock, [1.0] * 100)
    (row,) = rounds.alternated([quick], rounds=2, seconds=7.5)
    assert quick.times == 2 + 2 * 8 and row["samples_per_s"] == 1.0


def test_the_order_turns_about(monkeypatch):
    clock, told = Clock(monkeypatch), []
    players = [Player(name, clock, [1.0] * 10) for name in "ab"]
    rounds.alternated(players, 2, 1.0, told.append)
    assert told == ["round 1: a", "round 1: b", "round 2: b", "round 2: a"]


@pytest.mark.parametrize(
    "who, text",
    [
        (Who("JAX HEL", 64), "JAX HEL, batch 64"),
        (Who("JAX BPTT", how="call a sample", device="gpu"), "JAX BPTT, call a sample, gpu"),
    ],
)
def test_names(who, text):
    assert str(who) == text
