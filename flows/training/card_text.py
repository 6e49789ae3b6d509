"""A model's card and the comparison of two models, as lines for people."""

from __future__ import annotations

from collections.abc import Sequence

from flows.model.model_card import ModelCard, Score

ALL = "all scripts"


def describe_card(card: ModelCard) -> list[str]:
    """Everything that a card says."""
    lines = [f"kinds       {', '.join(card.kinds)}", f"categories  {len(card.categories)}"]
    for source in card.sources:
        days = f", {source.first_day} to {source.last_day}" if source.first_day else ""
        lines.append(f"from        {source.name}: {sum(source.rows.values())} texts{days}")
        lines.append(f"            {', '.join(f'{label} {many}' for label, many in source.rows.items())}")
    lines += [
        f"data        SHA-256 {card.data_hash}, seed {card.seed}",
        f"judged on   {card.judged_on}",
        *describe_scores(card.scores),
        f"error       of probabilities: {_figures(card.calibration)}",
        f"divided by  temperatures: {_figures(card.temperature)}",
        f"asks alone  about a category from this probability on: {_share(card.single)}",
        f"files       what keywords found from this probability on: {_share(card.support)}",
        *(f"never       {sentence}" for sentence in card.must_not),
    ]
    return lines


def describe_scores(scores: Sequence[Score]) -> list[str]:
    """Each score with its number of texts and its 95 % interval."""
    return [f"score       {score.name}, {score.script or ALL}: {_of(score)}" for score in scores]


def compare_scores(mine: Sequence[Score], other: Sequence[Score]) -> list[str]:
    """The scores of two models on the same texts side by side."""
    before = {(score.name, score.script): score for score in other}
    return [
        f"{score.name}, {score.script or ALL}: {_of(before[score.name, score.script])} -> {_of(score)}"
        for score in mine
        if (score.name, score.script) in before
    ]


def _of(score: Score) -> str:
    low, high = score.interval
    return f"{_share(score.share)} of {score.n} ({_share(low)} to {_share(high)})"


def _share(share: float) -> str:
    return f"{100 * share:.1f} %" if share <= 1 else "never enough"


def _figures(figures: dict[str, float]) -> str:
    return ", ".join(f"{head} {figure:g}" for head, figure in figures.items())
