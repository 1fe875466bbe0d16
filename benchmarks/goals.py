"""What a benchmark asks for, and the exit code that says whether it was reached.

    goals = Goals(room=2)
    print(goals.at_most("import mmspack, × the rival", 0.31, 0.4))
    goals.finish()

`room` is for busy machines, and 1 otherwise: with a room of 2, half of what is asked for is enough, or twice
as much where less is better.
"""

from __future__ import annotations

import argparse
import sys


class Goals:
    """The goals of one run. `finish` exits with 1, and names them, where one was missed."""

    def __init__(self, room: float = 1.0) -> None:
        self.room = room
        self.missed: list[str] = []

    def at_least(self, what: str, figure: float, goal: float) -> str:
        """Ask for so much or more; returns the words for the table."""
        return self._judged(what, figure, f"{goal:g} or more", figure >= goal / self.room)

    def at_most(self, what: str, figure: float, goal: float) -> str:
        """Ask for so much or less; returns the words for the table."""
        return self._judged(what, figure, f"{goal:g} or less", figure <= goal * self.room)

    def _judged(self, what: str, figure: float, asked: str, reached: bool) -> str:
        if not reached:
            self.missed.append(f"{what}: {figure:.3g}, asked for: {asked}")
        return f"asked for: {asked}{'' if reached else ', MISSED'}"

    def finish(self) -> None:
        """Exit with 1 where a goal was missed."""
        if self.missed:
            room = f" (with room for a busy machine: {self.room:g})" if self.room != 1 else ""
            sys.exit("\n".join(f"missed: {line}{room}" for line in self.missed))


def add_room(options: argparse.ArgumentParser) -> None:
    """The option `--room`."""
    options.add_argument(
        "--room", type=float, default=1.0, help="on a busy machine: 2 lets half of what is asked for pass"
    )
