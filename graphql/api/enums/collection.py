"""The collection routine, watched companies, and records that are saved by hundreds."""

from api.enums.describe import describe
from core.domain.collection import (
    AutomaticNegativation,
    CollectionDecision,
    CollectionPhase,
    CollectionRunStatus,
)
from core.domain.monitoring import ChangeKind
from core.use_cases.save_rows import SavedHow

describe(
    AutomaticNegativation,
    "Whether the collection routine negativates by itself (negativar automaticamente).",
    {
        "YES": "It does (Sim).",
        "DEFAULT": "As the company's parameters say (Padrão); only for a branch.",
        "NO": "It does not (Não).",
    },
)

describe(
    CollectionRunStatus,
    "Where a run of the collection routine stands (situação da execução).",
    {
        "RUNNING": "It still looks at invoices and negativations (em andamento).",
        "DONE": "Everything was looked at (concluída).",
    },
)

describe(
    CollectionPhase,
    "What a run of the collection routine is doing (fase da execução).",
    {
        "REGISTER": "Looking for invoices to negativate (negativações).",
        "CLEAR": "Looking for negativations to clear (baixas).",
    },
)

describe(
    CollectionDecision,
    "What a run of the collection routine did, or in a dry run would do, with an invoice (decisão).",
    {
        "REGISTERED": "It is negativated, with form AUTOMATIC (negativado).",
        "NOT_ELIGIBLE": "It is overdue long enough, but there are reasons against it (pendência).",
        "CLEARED": "It is no longer open, so its automatic negativation is cleared (baixado).",
        "NOT_CLEARABLE": "Its negativation should be cleared but cannot be now (baixa pendente).",
    },
)

describe(
    ChangeKind,
    "What changed about a watched company (tipo de alteração).",
    {
        "REGISTRATION_STATUS": "Its standing at the tax authority (situação cadastral).",
        "PENDING_DEBT": "A pending debt (pendência financeira).",
        "PROTEST": "A protest at a notary's office (protesto).",
        "LAWSUIT": "A lawsuit (ação judicial).",
        "BANKRUPTCY": "Bankruptcy or judicial recovery (falência ou recuperação judicial).",
        "OTHER": "Something else (outra).",
    },
    name="CompanyChangeKind",
)

describe(
    SavedHow,
    "What became of a row (resultado da linha).",
    {
        "CREATED": "Its `externalId` was new: the record was created (criado).",
        "UPDATED": "Its `externalId` was known: the record now says what the row says (atualizado).",
        "UNCHANGED": "The record said the same already (sem alteração).",
        "REFUSED": "It was not saved; `error` says why (recusado).",
    },
)
