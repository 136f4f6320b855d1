from hel.bench.tables import growth, markdown, memory, peers_that_win, speed
from tests.hel.bench.rows import DOCUMENT, ROWS


def test_speed_has_a_line_for_each_and_the_best_batch():
    lines = speed(ROWS)
    assert lines[0] == "| samples/s | N = 32, T = 32 | N = 64, T = 32 |"
    assert "| golden compiled, 2 seeds | 70 k | - |" in lines
    assert "| JAX BPTT, best batch | 50 k (256) | 800 (64) |" in lines
    assert "| JAX HEL, call a sample | 4 k | - |" in lines
    assert len(lines) == 2 + 10


def test_a_peer_that_is_faster_stands_in_bold():
    lines = speed(ROWS, 1)
    assert "| JAX BPTT, best batch | **0.8 (256)** | 1.25 (64) |" in lines
    assert "| golden NumPy | 160 | - |" in lines
    assert "| golden compiled | 0.0375 (x 1.5) | 1.5 (x 1.5) |" in speed(ROWS, 2)


def test_words_say_where_a_peer_wins():
    (line,) = peers_that_win(ROWS)
    assert line == (
        "N = 32, T = 32: 1 of JAX's ways are faster than golden compiled on one thread, the fastest JAX BPTT, batch 256"
        " by 1.2 times; golden on all threads is 1.4 times as fast as that."
    )
    assert peers_that_win(ROWS[-7:]) == ["No peer is faster than golden compiled at any of these sizes."]
    assert peers_that_win([ROWS[2]]) == []


def test_memory_is_what_it_grew_by():
    assert memory(ROWS) == [
        "| T | golden compiled, MB | JAX BPTT, MB | JAX BPTT, XLA's own account, MB |",
        "|---|---|---|---|",
        "| 32 | 0.0 | 5.0 | 4.0 |",
        "| 256 | 0.0 | 40.0 | 32.0 |",
    ]
    assert memory(ROWS[:3]) == [] == speed(ROWS[-4:])


def test_growth_has_all_sizes():
    lines = growth(ROWS)
    assert lines[2].startswith("| 16 | 32 | 90 k | - |") and len(lines) == 5


def test_the_whole_page_names_machine_and_command():
    text = markdown(DOCUMENT, ROWS)
    assert text.startswith(
        "`hel bench` measured this on 2 x a, python 3.11, numpy 2, jax 0.10; devices of JAX: cpu (cpu)."
    )
    assert text.count("\n|---") == 5
