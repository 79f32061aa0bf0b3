"""Colour arithmetic against published values."""

from __future__ import annotations

import pytest

from core.contrast import Lab, Vision, ciede2000, distance, ratio

# Sharma, Wu and Dalal 2005, table 1: first colour, second colour, CIEDE2000.
PUBLISHED = [
    (Lab(50, 2.6772, -79.7751), Lab(50, 0, -82.7485), 2.0425),
    (Lab(50, -1.3802, -84.2814), Lab(50, 0, -82.7485), 1.0),
    (Lab(50, 0, 0), Lab(50, -1, 2), 2.3669),
    (Lab(50, 2.49, -0.001), Lab(50, -2.49, 0.0009), 7.1792),
    (Lab(50, 2.49, -0.001), Lab(50, -2.49, 0.0011), 7.2195),
    (Lab(50, -0.001, 2.49), Lab(50, 0.0011, -2.49), 4.7461),
    (Lab(50, 2.5, 0), Lab(73, 25, -18), 27.1492),
    (Lab(50, 2.5, 0), Lab(50, 3.1736, 0.5854), 1.0),
    (Lab(60.2574, -34.0099, 36.2677), Lab(60.4626, -34.1751, 39.4387), 1.2644),
    (Lab(22.7233, 20.0904, -46.694), Lab(23.0331, 14.973, -42.5619), 2.0373),
    (Lab(90.8027, -2.0831, 1.441), Lab(91.1528, -1.6435, 0.0447), 1.4441),
    (Lab(2.0776, 0.0795, -1.135), Lab(0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("first", "second", "expected"), PUBLISHED)
def test_distance_is_the_published_one(first: Lab, second: Lab, expected: float) -> None:
    assert ciede2000(first, second) == pytest.approx(expected, abs=5e-5)
    assert ciede2000(second, first) == pytest.approx(expected, abs=5e-5)


def test_ratio_of_black_and_white_is_21_and_of_a_colour_with_itself_is_1() -> None:
    assert ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert ratio("#0F58A8", "#0F58A8") == 1


def test_ratio_of_a_known_grey() -> None:
    assert ratio("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)
    assert ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


def test_red_and_green_come_together_without_green_cones_and_in_grey() -> None:
    red, green = "#B00000", "#4A7A00"
    assert distance(red, green) > 50
    assert distance(red, green, Vision.DEUTERANOPIA) < distance(red, green) / 2
    assert distance("#808080", "#808080", Vision.GREYSCALE) == 0
