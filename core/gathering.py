"""What threads of one process ask for at the same time is done once, for all of them.

While it is being done for some, those that come meanwhile gather; the first of them then has it
done for all. (Databases call this a group commit.)
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


@dataclass(slots=True, eq=False)
class _Place(Generic[Asked, Answer]):
    """One who waits; `heard` is the answer, or what kept it from being given."""

    asked: Asked
    heard: Answer | BaseException | None = None
    is_served: bool = False


class Gathering(Generic[Asked, Answer]):
    """Serves with DO, which is given all that is asked and returns the answers in that order.

    An answer that is an exception is raised to the one who asked. Where DO itself fails for many,
    it is tried for each alone: what keeps one from being served keeps no other. LINGER says how
    many seconds to wait for others first.
    """

    def __init__(
        self,
        do: Callable[[Sequence[Asked]], Sequence[Answer | BaseException]],
        linger: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._do, self._linger = do, linger
        self._entrance, self._desk = threading.Lock(), threading.Lock()
        self._waiting: list[_Place[Asked, Answer]] = []

    def ask(self, asked: Asked) -> Answer:
        """Have ASKED done, beside what other threads ask for, and return what came of it."""
        place: _Place[Asked, Answer] = _Place(asked)
        with self._entrance:
            self._waiting.append(place)
        with self._desk:
            if not place.is_served:
                if seconds := self._linger():
                    time.sleep(seconds)
                with self._entrance:
                    places, self._waiting = self._waiting, []
                self._serve(places)
        if isinstance(place.heard, BaseException):
            raise place.heard
        return place.heard  # type: ignore[return-value]  # None only where None is an answer

    def ask_all(self, asked: Sequence[Asked]) -> list[Answer | BaseException]:
        """Have all of ASKED done now, and return what came of each."""
        places: list[_Place[Asked, Answer]] = [_Place(one) for one in asked]
        self._serve(places)
        return [place.heard for place in places]  # type: ignore[misc]  # as above

    def _serve(self, places: Sequence[_Place[Asked, Answer]]) -> None:
        try:
            answers = self._do([place.asked for place in places])
        except Exception as problem:  # the named boundary: one must not keep the others
            if len(places) > 1:
                logger.exception("%s could not be done together.", len(places))
                for place in places:
                    self._serve([place])
                return
            answers = [problem]
        except BaseException as problem:  # the process ends: let nobody wait for ever
            self._tell(places, [problem] * len(places))
            raise
        self._tell(places, answers)

    @staticmethod
    def _tell(
        places: Sequence[_Place[Asked, Answer]], answers: Sequence[Answer | BaseException]
    ) -> None:
        for place, answer in zip(places, answers, strict=True):
            place.heard, place.is_served = answer, True
