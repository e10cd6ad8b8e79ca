"""Whom the words of others mention: masked in every form, and nothing else of the text touched."""

import pytest

from core.domain.documents import Document, parse_document
from core.domain.mentions import Mentioned

CPF = parse_document("123.456.789-09")
CNPJ = parse_document("12.ABC.345/01DE-35")
WITH_ZEROS = parse_document("00987654349")


@pytest.mark.parametrize(
    ("document", "text", "shown"),
    [
        (CPF, "CPF 123.456.789-09.", "CPF ***.456.789-**."),
        (CPF, "CPF 12345678909", "CPF ***.456.789-**"),
        (CPF, "123 456 789 09 e 123-456-789/09", "***.456.789-** e ***.456.789-**"),
        (CPF, "contrato 000012345678909001", "contrato 0000***.456.789-**001"),
        (CNPJ, "12.abc.345/01de-35", "**.ABC.345/****-**"),
        (CNPJ, "12ABC34501DE35", "**.ABC.345/****-**"),
        (WITH_ZEROS, "987654349", "***.876.543-**"),
        (WITH_ZEROS, "009.876.543-49", "***.876.543-**"),
        (WITH_ZEROS, "X987654349 1987654349", "X987654349 1987654349"),
        # a sole trader's company bears its owner's CPF
        (CNPJ, "José Exemplo 12345678909", "José Exemplo ***.456.789-**"),
        (
            CPF,
            "contrato 12345678900, R$ 1.234,56 em 21/11/2026",
            "contrato 12345678900, R$ 1.234,56 em 21/11/2026",
        ),
    ],
)
def test_a_document_is_masked_in_every_form(document: Document, text: str, shown: str) -> None:
    assert Mentioned(document).masked_in(text) == shown


@pytest.mark.parametrize(
    ("document", "text", "shown"),
    [
        (CPF, "Consta MARIA DA SILVA, mãe Ana Souza.", "Consta MARIA ***, mãe Ana ***."),
        (CPF, "Consta MARIA  DA\nSILVA.", "Consta MARIA ***."),
        (None, "Consta Maria da Silva.", "Consta Maria ***."),
        (CPF, "Ana Souzana", "Ana Souzana"),
        (CNPJ, "Consta Maria da Silva", "Consta Maria da Silva"),
    ],
)
def test_a_person_s_names_are_masked_and_no_company_s(
    document: Document | None, text: str, shown: str
) -> None:
    mentioned = Mentioned(document, ("Maria da Silva", None, "", " ", "Ana Souza"))
    assert mentioned.masked_in(text) == shown


def test_of_those_who_are_not_known_only_the_cpf_is() -> None:
    assert Mentioned().masked_in("Maria da Silva 12345678909, 12.ABC.345/01DE-35") == (
        "Maria da Silva ***.456.789-**, 12.ABC.345/01DE-35"
    )
