"""Environments, passwords, plans and failures of the bureau."""

from api.enums.describe import describe
from core.domain.bureau import CredentialKind, Environment, FailureClass
from core.domain.credentials import CredentialState
from core.domain.integration import Intermediary
from core.domain.plans import ConsultationPlan, IntegrationPlan
from core.use_cases.test_integration import TestOutcome

describe(
    Intermediary,
    "The provider of bureau services (intermediador).",
    {"CONNECT": "Connect SA (Connect)."},
)

describe(
    Environment,
    "Where an integration operates (ambiente).",
    {
        "PRODUCTION": "For real: consultations are billed, negativations are registered (Produção).",
        "HOMOLOGATION": "The provider's test system; its data are kept apart from production's (Homologação).",
    },
)

describe(
    CredentialKind,
    "One of an integration's two passwords (tipo de senha).",
    {
        "CONSULTATION": "The password for consultations and plans (senha consulta, senha Web).",
        "PEFIN": "The password for negativations, clearings and code tables (senha PEFIN).",
    },
)

describe(
    CredentialState,
    "What is known of a stored password (situação da senha).",
    {
        "MISSING": "None is stored, or it was destroyed (não definida).",
        "UNVERIFIED": "Stored, not yet tried at the provider (não verificada).",
        "VALID": "The provider took it the last time it was used (válida).",
        "REFUSED": "The provider refused it; nothing is sent with it until it is mended (recusada).",
        "ROTATING": "A change is under way (em alteração).",
    },
)

_PLANS = {
    "NEGATIVE_INDICATOR": "Whether there are negative records, without details (Indicador de negativos). To be "
    "discontinued; prefer REPORT_AND_SCORE.",
    "CREDNET_TOP": "A detailed report without score (Crednet Top). To be discontinued; prefer REPORT_AND_SCORE.",
    "REPORT_AND_SCORE": "The full report with the credit score (Relatório + Score). Recommended.",
}

describe(ConsultationPlan, "The kind of report a consultation buys (plano de consulta).", _PLANS)

describe(
    IntegrationPlan,
    "The plan of an integration: fixed for every consultation, or chosen at each one (plano para consultas).",
    {**_PLANS, "ALL": "Each consultation names its plan (Todos)."},
)

describe(
    FailureClass,
    "Why the provider did not do what it was asked (classe da falha).",
    {
        "CREDENTIAL": "The password was refused (senha recusada).",
        "VALIDATION": "The data were refused; a person can mend them (dados recusados).",
        "DUPLICATE": "The same debt is already registered (duplicado).",
        "LEGAL_BLOCK": "The law forbids it: minor, sub judice, court block, deceased (bloqueio legal).",
        "TRANSIENT": "Certainly not received; it may be repeated (falha transitória).",
        "UNDETERMINED": "Perhaps received; the outcome is being found out (indeterminado).",
        "BALANCE": "The pre-paid balance is used up (saldo esgotado).",
        "QUOTA": "The provider was asked too often, or has locked the login after wrong passwords: it wants a pause (cota excedida, acesso bloqueado).",
    },
)

describe(
    TestOutcome,
    "What the test of one password showed (resultado do teste).",
    {
        "OK": "The provider takes it (aceita).",
        "REFUSED": "The provider does not take it (recusada).",
        "UNREACHABLE": "The provider could not be asked, or has locked the login for a while (provedor indisponível).",
        "MISSING": "None is stored (não definida).",
        "ROTATING": "It is being changed right now and was not tried (em alteração).",
    },
    name="CredentialTestOutcome",
)
