"""The life cycle of a negativation."""

from api.enums.describe import describe
from core.domain.negativation import NegativationForm, NegativationStatus, Trigger

describe(
    NegativationForm,
    "How a negativation came to be (forma).",
    {
        "MANUAL": "By a person or an integrator (manual).",
        "AUTOMATIC": "By the collection routine (automática).",
    },
)

describe(
    NegativationStatus,
    "Where a negativation stands (situação da negativação). It is live in every status but CANCELLED, REJECTED, "
    "CLEARED, REMOVED_BY_BUREAU and EXPIRED.",
    {
        "QUEUED": "Waiting to be sent (pendente de envio).",
        "SENT": "The provider took it in; the bureau's daily result is awaited (enviada).",
        "AWAITING_NOTICE": "Accepted; the debtor's notice period runs (aguardando prazo do comunicado).",
        "ACTIVE": "Visible at the bureau (ativa).",
        "REJECTED": "The bureau refused it; mend the data and resend (erro na inclusão).",
        "UNDETERMINED": "Sent without an answer; the bureau is being asked (indeterminada).",
        "CANCELLED": "Withdrawn before it was sent (cancelada).",
        "CLEARING_QUEUED": "Its clearing waits to be sent (baixa pendente de envio).",
        "CLEARING_SENT": "Its clearing was taken in; the result is awaited (baixa enviada).",
        "CLEARING_REJECTED": "The bureau refused its clearing; resend it (erro na baixa).",
        "CLEARED": "Cleared (baixada).",
        "REMOVED_BY_BUREAU": "The bureau removed it of its own accord (removida pelo birô).",
        "EXPIRED": "Its time ran out: five years from the due date (expirada por decurso de prazo).",
    },
)

describe(
    Trigger,
    "What moved a negativation from status to status (evento).",
    {
        "CREATED": "It was requested (solicitada).",
        "TAKEN_IN": "The provider took the inclusion in (inclusão recebida).",
        "OUTCOME_UNKNOWN": "No answer came to the inclusion (sem resposta à inclusão).",
        "NOT_FOUND": "The provider does not hold it; it is sent again (não encontrada no provedor).",
        "REFUSED": "The provider refused the inclusion at once (inclusão recusada no envio).",
        "CANCELLED": "It was cancelled before it was sent (cancelada antes do envio).",
        "RESENT": "It was resent (reenviada).",
        "INCLUSION_ACCEPTED": "The bureau accepted the inclusion (inclusão aceita).",
        "INCLUSION_REJECTED": "The bureau rejected the inclusion (inclusão rejeitada).",
        "PUBLISHED": "It became visible at the bureau (publicada).",
        "CLEARING_HELD": "A clearing was asked for while the inclusion is in flight (baixa aguardando inclusão).",
        "CLEARING_REQUESTED": "A clearing was asked for (baixa solicitada).",
        "CLEARING_TAKEN_IN": "The provider took the clearing in (baixa recebida).",
        "CLEARING_OUTCOME_UNKNOWN": "No answer came to the clearing (sem resposta à baixa).",
        "CLEARING_REFUSED": "The provider refused the clearing at once (baixa recusada no envio).",
        "CLEARING_ACCEPTED": "The bureau accepted the clearing (baixa aceita).",
        "CLEARING_REJECTED": "The bureau rejected the clearing (baixa rejeitada).",
        "REMOVED": "The bureau removed it (removida pelo birô).",
        "EXPIRED": "It expired (expirada).",
    },
    name="NegativationTrigger",
)
