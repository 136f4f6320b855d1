"""The figures of the demo are drawn from a run."""

from golden.training.learner import drive
from golden.training.sequences import Training
from hel import figures

PNG = b"\x89PNG\r\n"


def test_figures_of_a_run(tmp_path):
    training = Training("digits", neurons=4, epochs=1, samples=10)
    learner = training.learner()
    result = drive(training.conversation(), learner)
    for path in (
        figures.learning_curve(result, tmp_path / "new" / "curve.png"),
        figures.trajectories(training, learner.parameters(), tmp_path / "trajectories.png"),
    ):
        assert path.read_bytes().startswith(PNG)
