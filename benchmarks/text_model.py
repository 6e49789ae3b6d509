"""How long the model of texts takes for a text, and to load: `python -m benchmarks.text_model`.

The texts are the example sentences that it was not trained on. The figure is CPU time, the best of five rounds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from flows.training.examples import parse_examples
from flows.understanding.text_model import TextModel

FOLDER = Path(__file__).parent.parent / "flows" / "model"
ROUNDS = 5


def best(run: Callable[[], object]) -> float:
    """Seconds of CPU time."""
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found)


def main() -> None:
    data = (FOLDER / "model.npz").read_bytes()
    texts = [each.text for each in parse_examples((FOLDER / "examples" / "held_out.csv").read_text(encoding="utf-8"))]
    model = TextModel(data)
    seconds = best(lambda: [model.predict(text) for text in texts])
    length = sum(map(len, texts)) / len(texts)
    print(f"{1000 * seconds / len(texts):.3f} ms a text ({len(texts)} texts of {length:.0f} characters on average)")
    print(f"{1000 * best(lambda: TextModel(data)):.0f} ms to load {len(data) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
