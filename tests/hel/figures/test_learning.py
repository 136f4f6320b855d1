"""The figures of the demo are drawn from a run."""

from golden.training.conversation import drive
from golden.training.sequences import Training
from hel.figures import learning

PNG = b"\x89PNG\r\n"


def test_figures_of_a_run(tmp_path):
    training = Training("digits", neurons=4, epochs=1, samples=10)
    learner = training.learner()
    result = drive(training.conversation(), learner)
    for path in (
        learning.learning_curve(result, tmp_path / "new" / "curve.png"),
        learning.trajectories(training, learner.parameters(), tmp_path / "trajectories.png"),
    ):
        assert path.read_bytes().startswith(PNG)
