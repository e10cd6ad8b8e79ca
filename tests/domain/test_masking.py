"""Masks: what a reader without the right sees of a person, and all of a company."""

from datetime import date

import pytest

from core.domain.contact import parse_email, parse_phone, parse_text
from core.domain.documents import Document
from core.domain.errors import InvalidInput
from core.domain.masking import Masking, without_cpfs
from support.documents import synthetic_cnpj, synthetic_cpf

PERSON = synthetic_cpf(5)
BORN = date(1985, 7, 9)


@pytest.mark.parametrize("holder", [PERSON, None])
def test_of_a_person_little_is_shown(holder: Document | None) -> None:
    masking = Masking.of(holder, whole=False)
    assert masking.name("Maria Aparecida da Silva") == "Maria ***"
    assert masking.name("Maria") == "M***"
    assert masking.phone("47988887777") == "47***77"
    assert masking.email("maria.silva@example.com") == "m***@example.com"
    assert masking.detail("Rua das Palmeiras") == "***"
    assert masking.day(BORN) is None


@pytest.mark.parametrize(("holder", "whole"), [(PERSON, True), (None, True), (synthetic_cnpj(5), False)])
def test_who_may_see_it_sees_all_and_so_does_everybody_of_a_company(
    holder: Document | None, whole: bool
) -> None:
    masking = Masking.of(holder, whole=whole)
    assert masking.name("Maria da Silva") == "Maria da Silva"
    assert masking.phone("47988887777") == "47988887777"
    assert masking.email("maria@example.com") == "maria@example.com"
    assert masking.detail("Rua das Palmeiras") == "Rua das Palmeiras"
    assert masking.day(BORN) == BORN


def test_the_owner_s_cpf_in_the_name_of_a_company_is_masked() -> None:
    name = f"Maria da Silva {PERSON.number}"
    assert Masking.of(synthetic_cnpj(5), whole=False).name(name) == f"Maria da Silva {PERSON.masked}"
    assert Masking.of(synthetic_cnpj(5), whole=True).name(name) == name
    assert without_cpfs("Pedido 12345678900") == "Pedido 12345678900", "no CPF"


def test_what_was_masked_is_refused_when_it_is_sent_back() -> None:
    masking = Masking.of(PERSON, whole=False)
    for read, text in (
        (parse_text, masking.name("Maria da Silva")),
        (parse_text, masking.detail("Rua das Palmeiras")),
        (parse_email, masking.email("maria@example.com")),
    ):
        with pytest.raises(InvalidInput) as refused:
            read(text, path=("field",))
        assert [problem.code for problem in refused.value.problems] == ["MASKED_VALUE"]
    with pytest.raises(InvalidInput):
        parse_phone(masking.phone("47988887777"), path=("phone",))
