"""The bands of a score."""

import pytest

from core.domain.report import Score, ScoreBand


@pytest.mark.parametrize(
    ("lowest", "highest", "band"),
    [
        (0, 200, ScoreBand.VERY_LOW),
        (201, 400, ScoreBand.LOW),
        (401, 600, ScoreBand.MEDIUM),
        (601, 800, ScoreBand.HIGH),
        (801, 1000, ScoreBand.VERY_HIGH),
    ],
)
def test_every_score_has_its_band(lowest: int, highest: int, band: ScoreBand) -> None:
    assert {Score(value).band for value in range(lowest, highest + 1)} == {band}
