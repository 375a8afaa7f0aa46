"""Published and closed-form cases, as they stand in `data/`."""

import json
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@cache
def cases(topic: str) -> dict[str, dict[str, Any]]:
    """The cases of one topic by their id."""
    return {case["id"]: case for case in json.loads((DATA / f"{topic}.json").read_text())["cases"]}


def case(topic: str, name: str) -> dict[str, Any]:
    """One case: its inputs, what is expected, its tolerance and source."""
    return cases(topic)[name]
