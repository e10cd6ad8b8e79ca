"""A report as the provider sends it."""

from typing import Any

REPORT: dict[str, Any] = {
    "protocolo": "C1",
    "faturada": True,
    "preco": "9.90",
    "relatorio": {
        "identidade": {
            "nome": "Ana Exemplo",
            "nascimentoOuFundacao": "1990-01-01",
            "situacaoDocumento": None,
            "nomeMae": None,
        },
        "score": {"valor": 700},
        "pendencias": {
            "quantidade": 1,
            "total": "10.00",
            "primeira": "2026-01-02",
            "ultima": "2026-01-02",
            "mensagem": None,
            "ocorrencias": [
                {
                    "data": "2026-01-02",
                    "valor": "10.00",
                    "origem": "Banco Aurora",
                    "modalidade": None,
                    "referencia": None,
                    "cidade": None,
                    "uf": "SC",
                    "avalista": False,
                    "subJudice": False,
                }
            ],
        },
        "protestos": None,
        "cheques": None,
        "acoes": None,
        "falencias": None,
        "consultasAnteriores": None,
    },
    "original": {"tipoMidia": "text/html; charset=utf-8", "conteudo": "PGI+eDwvYj4="},
}
"""A report as it should be, but for the key that it answers."""
