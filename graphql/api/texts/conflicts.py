"""Why a change came too late or does not fit the record's state: Portuguese, English."""

CONFLICTS: dict[str, tuple[str, str]] = {
    "EXTERNAL_ID_TAKEN": (
        "Outro registro deste tipo já usa este `externalId`.",
        "Another record of this kind has this `externalId` already.",
    ),
    "INVOICE_NOT_OPEN": (
        "O boleto não está aberto: situação {status}.",
        "The invoice is not open: status {status}.",
    ),
    "INTEGRATION_CHANGED": (
        "A filial usa hoje outra integração. Cancele esta negativação e inclua o boleto de novo.",
        "The branch uses another integration today. Negativate the invoice anew.",
    ),
    "NEGATIVATION_LIVE": (
        "O boleto, ou o mesmo contrato deste documento, já tem negativação ativa.",
        "The invoice, or the same contract of this document, has a live negativation already.",
    ),
    "ROTATION_IN_PROGRESS": (
        "Uma alteração de senha desta integração está em andamento. Tente de novo em instantes.",
        "A change of this integration's password is under way. Try again in a moment.",
    ),
}
