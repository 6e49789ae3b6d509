"""`python -m gateway.development.first_words`: writes flows/model/first_words.csv, with what complaints begin with.

The sentences are those that the model is trained with, and of them only what the shipped keywords file as a complaint.
"""

import csv
import io
from collections import Counter

from flows.parsing.flow import parse_flow
from flows.text.normalization import words
from flows.training.examples import parse_examples
from flows.understanding.intents import understand
from flows.understanding.text_model import COMPLAINT
from gateway.flow_folder.files import read_flow
from gateway.flow_folder.product_files import LIBRARY, MODEL

FEWEST, MOST_WORDS, LONGEST_EXAMPLE = 3, 3, 60
_FILED = frozenset({"unknown", "new", "details"})


def first_words() -> str:
    """The CSV: the first one to three words as keywords are compared, how many sentences begin so, and a short one."""
    flow = parse_flow(*read_flow(LIBRARY / "by_text.yaml")).flow
    rules = flow.keywords if flow is not None else ()
    counts: Counter[str] = Counter()
    shortest: dict[str, str] = {}
    for path in sorted((MODEL / "examples").glob("writer_*.csv")):
        for each in parse_examples(path.read_text(encoding="utf-8")):
            if each.kind != COMPLAINT or understand(each.text, rules).kind not in _FILED:
                continue
            said = [word.folded for word in words(each.text)]
            for length in range(1, min(len(said), MOST_WORDS) + 1):
                begins = " ".join(said[:length])
                counts[begins] += 1
                shortest[begins] = min(shortest.get(begins, each.text), each.text, key=lambda text: (len(text), text))
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(("words", "count", "example"))
    for begins, count in sorted(counts.items()):
        if count >= FEWEST:
            example = " ".join(shortest[begins].split())
            table.writerow((begins, count, example[:LONGEST_EXAMPLE]))
    return written.getvalue()


def main() -> None:
    """Write the file."""
    (MODEL / "first_words.csv").write_text(first_words(), encoding="utf-8")


if __name__ == "__main__":
    main()
