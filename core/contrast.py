"""How far apart two colours are, for a reader and for a reader with another colour vision. Pure.

Contrast: relative luminance and contrast ratio of WCAG 2.2. Colour vision: the matrices of Machado,
Oliveira and Fernandes 2009 at full severity, applied in linear RGB. Distance: CIEDE2000.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import NamedTuple

Triple = tuple[float, float, float]


class Vision(StrEnum):
    TYPICAL = "typical"
    PROTANOPIA = "protanopia"
    DEUTERANOPIA = "deuteranopia"
    TRITANOPIA = "tritanopia"
    GREYSCALE = "greyscale"


_LUMINANCE: Triple = (0.2126, 0.7152, 0.0722)
_MATRICES: dict[Vision, tuple[Triple, Triple, Triple]] = {
    Vision.PROTANOPIA: (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    Vision.DEUTERANOPIA: (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    Vision.TRITANOPIA: (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    Vision.GREYSCALE: (_LUMINANCE, _LUMINANCE, _LUMINANCE),
}
_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE: Triple = (0.95047, 1.0, 1.08883)
_SRGB_KNEE = 0.04045
_LAB_KNEE = 216 / 24389


class Lab(NamedTuple):
    lightness: float
    a: float
    b: float


def linear_rgb(colour: str) -> Triple:
    """Linear red, green and blue in 0..1 of a colour written #RRGGBB."""
    digits = colour.removeprefix("#")
    red, green, blue = (_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return red, green, blue


def ratio(first: str, second: str) -> float:
    """WCAG contrast ratio of two colours, 1 to 21, in either order."""
    low, high = sorted((_dot(_LUMINANCE, linear_rgb(first)), _dot(_LUMINANCE, linear_rgb(second))))
    return (high + 0.05) / (low + 0.05)


def distance(first: str, second: str, vision: Vision = Vision.TYPICAL) -> float:
    """CIEDE2000 between two colours as somebody with this VISION sees them; 0 is the same."""
    return ciede2000(_lab(_seen(first, vision)), _lab(_seen(second, vision)))


def ciede2000(first: Lab, second: Lab) -> float:
    """Sharma, Wu and Dalal 2005, with all weights 1."""
    first, second = _stretched(first, second)
    chromas = math.hypot(first.a, first.b), math.hypot(second.a, second.b)
    hues = _hue(first), _hue(second)
    chroma = sum(chromas) / 2
    lightness = (first.lightness + second.lightness) / 2
    hue = _mean_hue(chromas, hues)
    d_light = (second.lightness - first.lightness) / _lightness_weight(lightness)
    d_chroma = (chromas[1] - chromas[0]) / (1 + 0.045 * chroma)
    d_hue = _hue_difference(chromas, hues) / (1 + 0.015 * chroma * _hue_weight(hue))
    turn = _rotation(chroma, hue) * d_chroma * d_hue
    return math.sqrt(d_light**2 + d_chroma**2 + d_hue**2 + turn)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _SRGB_KNEE else ((channel + 0.055) / 1.055) ** 2.4


def _dot(row: Triple, vector: Triple) -> float:
    return sum(left * right for left, right in zip(row, vector, strict=True))


def _seen(colour: str, vision: Vision) -> Triple:
    rgb = linear_rgb(colour)
    if vision is Vision.TYPICAL:
        return rgb
    red, green, blue = (min(1.0, max(0.0, _dot(row, rgb))) for row in _MATRICES[vision])
    return red, green, blue


def _lab(rgb: Triple) -> Lab:
    x, y, z = (_cube_root(_dot(row, rgb) / white) for row, white in zip(_XYZ, _WHITE, strict=True))
    return Lab(116 * y - 16, 500 * (x - y), 200 * (y - z))


def _cube_root(value: float) -> float:
    return value ** (1 / 3) if value > _LAB_KNEE else (24389 / 27 * value + 16) / 116


def _stretched(first: Lab, second: Lab) -> tuple[Lab, Lab]:
    """Both colours with the a axis stretched for near-greys, as CIEDE2000 wants."""
    chroma = (math.hypot(first.a, first.b) + math.hypot(second.a, second.b)) / 2
    factor = 1 + 0.5 * (1 - math.sqrt(chroma**7 / (chroma**7 + 25**7)))
    return first._replace(a=first.a * factor), second._replace(a=second.a * factor)


def _hue(colour: Lab) -> float:
    return math.degrees(math.atan2(colour.b, colour.a)) % 360


def _mean_hue(chromas: tuple[float, float], hues: tuple[float, float]) -> float:
    if 0 in chromas:
        return sum(hues)
    if abs(hues[0] - hues[1]) <= 180:  # noqa: PLR2004  # half a turn
        return sum(hues) / 2
    return (sum(hues) + 360) / 2 % 360


def _hue_difference(chromas: tuple[float, float], hues: tuple[float, float]) -> float:
    turn = (hues[1] - hues[0] + 180) % 360 - 180 if 0 not in chromas else 0.0
    return 2 * math.sqrt(chromas[0] * chromas[1]) * math.sin(math.radians(turn / 2))


def _lightness_weight(lightness: float) -> float:
    return 1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2)


def _hue_weight(hue: float) -> float:
    waves = ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63))
    return 1 + sum(size * math.cos(math.radians(times * hue + at)) for size, times, at in waves)


def _rotation(chroma: float, hue: float) -> float:
    spread = 60 * math.exp(-(((hue - 275) / 25) ** 2))
    return -2 * math.sqrt(chroma**7 / (chroma**7 + 25**7)) * math.sin(math.radians(spread))
