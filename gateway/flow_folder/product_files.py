"""Where the files are that ship with the product."""

from pathlib import Path

import flows

LIBRARY = Path(flows.__file__).parent / "library"  # flows, lists, texts and keywords
MODEL = Path(flows.__file__).parent / "model"  # the model of texts, and the example sentences that it was trained on
