"""What a browser adds to a public form for people: a solved puzzle."""

import base64
import hashlib
import json

from klikks.humans import new_puzzle


def solved(hardest: int = 1) -> str:
    """Return the solution of a new puzzle, as `proof-of-work.js` sends it."""
    puzzle = new_puzzle(hardest)
    number = next(
        number
        for number in range(hardest + 1)
        if hashlib.sha256(f"{puzzle['salt']}{number}".encode()).hexdigest() == puzzle["challenge"]
    )
    return base64.b64encode(json.dumps({**puzzle, "number": number}).encode()).decode()
