"""digits-pixels: the same images and the same split as digits."""

import numpy as np

from golden import tasks


def test_the_images_and_the_split_are_those_of_digits():
    pixels, rows = tasks.get("digits-pixels"), tasks.get("digits")
    for a, b in ((pixels.train, rows.train), (pixels.test, rows.test)):
        assert np.array_equal(a.inputs.reshape(-1, 8, 8), b.inputs) and np.array_equal(a.labels, b.labels)
    assert (pixels.steps, pixels.channels, pixels.hold) == (256, 1, 4)
