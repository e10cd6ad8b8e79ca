"""The parameters of reports as files: they filter as those of lists do, and what is wrong with them is named."""

import pytest

from core.domain.consultation import ConsultationOutcome
from core.domain.negativation import NegativationStatus
from core.domain.plans import ConsultationPlan
from support.desk import global_id
from support.report_counter import CONSULTATIONS, NEGATIVATIONS, Counter, consulted, negativated


async def test_the_filters_are_those_of_the_lists(counter: Counter) -> None:
    world = counter.world
    kept = await consulted(counter, plan=ConsultationPlan.CREDNET_TOP, outcome=ConsultationOutcome.REFUSED)
    await consulted(counter, plan=ConsultationPlan.REPORT_AND_SCORE)
    for conditions in (
        "plan=CREDNET_TOP",
        f"outcome=REFUSED&integrationId={global_id(world.integration)}&branchId={global_id(world.branch)}",
        f"plan=CREDNET_TOP&document={world.customer.document.formatted}&subjectKind=CUSTOMER",
        "plan=CREDNET_TOP&environment=HOMOLOGATION&performedFrom=2026-01-01&performedTo=2026-12-31",
    ):
        assert await counter.numbers(f"{CONSULTATIONS}?{conditions}") == [kept], conditions
    assert await counter.numbers(f"{CONSULTATIONS}?performedFrom=2027-01-01") == []


async def test_a_status_may_be_given_more_than_once(counter: Counter) -> None:
    number = await negativated(counter, status=NegativationStatus.REJECTED)
    for conditions in ("status=REJECTED&status=UNDETERMINED", "status=UNDETERMINED,REJECTED", "form=MANUAL"):
        assert await counter.numbers(f"{NEGATIVATIONS}?{conditions}") == [number], conditions
    for conditions in ("status=ACTIVE", "clearingDue=true", "form=AUTOMATIC"):
        assert await counter.numbers(f"{NEGATIVATIONS}?{conditions}") == [], conditions


@pytest.mark.parametrize(
    ("conditions", "parameter", "code"),
    [
        ("plan=GOLD", "plan", "NOT_ONE_OF"),
        ("performedFrom=31/12/2026", "performedFrom", "NOT_A_DATE"),
        ("performedFrom=20261231", "performedFrom", "NOT_A_DATE"),
        ("performedFrom=2026-02-30", "performedFrom", "NOT_A_DATE"),
        ("performedFrom=2026-02-02&performedTo=2026-02-01", "performedTo", "PERIOD_REVERSED"),
        ("branchId=7", "branchId", "INVALID_ID"),
        ("document=111", "document", "INVALID_DOCUMENT"),
        ("colour=red", "colour", "UNKNOWN_PARAMETER"),
        ("plan=CREDNET_TOP&plan=CREDNET_TOP", "plan", "REPEATED_PARAMETER"),
        ("document=" + "1" * 3000, "document", "TOO_LONG"),
    ],
)
async def test_a_bad_parameter_is_named(counter: Counter, conditions: str, parameter: str, code: str) -> None:
    error = await counter.refused(f"{CONSULTATIONS}?{conditions}")
    (problem,) = error["problems"]
    assert (problem["parameter"], problem["code"]) == (parameter, code)
    assert error["detail"] == f"{parameter}: {problem['message']}"


async def test_how_long_a_value_may_be_is_told(counter: Counter) -> None:
    error = await counter.refused(f"{CONSULTATIONS}?document={'1' * 2001}")
    assert "2000" in error["detail"]


async def test_all_bad_parameters_are_named_at_once(counter: Counter) -> None:
    error = await counter.refused(f"{NEGATIVATIONS}?clearingDue=sim&status=OPEN&x=1")
    assert [problem["parameter"] for problem in error["problems"]] == ["clearingDue", "status", "x"]


async def test_a_problem_speaks_the_reader_s_language(counter: Counter) -> None:
    address = f"{NEGATIVATIONS}?clearingDue=sim"
    portuguese, english = await counter.get(address), await counter.get(address, **{"Accept-Language": "en"})
    assert portuguese.json()["error"]["detail"] == "clearingDue: Informe true ou false."
    assert english.json()["error"]["detail"] == "clearingDue: Give true or false."
