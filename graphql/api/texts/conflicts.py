"""Why a change came too late or does not fit the record's state: Portuguese, English."""

CONFLICTS: dict[str, tuple[str, str]] = {
    "EXTERNAL_ID_TAKEN": (
        "Outro registro deste tipo já usa este `externalId`.",
        "Another record of this kind has this `externalId` already.",
    ),
    "BELONGS_ELSEWHERE": (
        "O registro com este `externalId` é de outra filial ou de outro cliente, e fica com ele.",
        "The record with this `externalId` is that of another branch or customer, and stays with it.",
    ),
    "INVOICE_NOT_OPEN": (
        "O boleto não está aberto: situação {status}.",
        "The invoice is not open: status {status}.",
    ),
    "INTEGRATION_CHANGED": (
        "A filial usa hoje outra integração. Negative o boleto de novo.",
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
    "INTENT_EXISTS": (
        "O mesmo pedido já foi registrado para envio.",
        "The same order was queued before.",
    ),
    "IDEMPOTENCY_KEY_TAKEN": (
        "Outra requisição com a mesma `idempotencyKey` acabou de passar. Repita para receber a resposta dela.",
        "Another request with the same `idempotencyKey` just went ahead. Repeat to get its answer.",
    ),
    "GENERATION_TAKEN": (
        "Outra requisição acabou de negativar o mesmo boleto.",
        "Another request just negativated the same invoice.",
    ),
    "CHANGED_MEANWHILE": (
        "O registro foi alterado por outra requisição. Leia-o de novo e repita.",
        "Another request changed the record. Read it again and repeat.",
    ),
    "INTEGRATION_LINKED": (
        "A integração está vinculada à filial ID {branch}; desvincule-a antes de mudar a filial.",
        "The integration is linked to branch ID {branch}; unlink it before moving it to another branch.",
    ),
    "INTEGRATION_OF_ANOTHER_BRANCH": (
        "A integração pertence a outra filial.",
        "The integration belongs to another branch.",
    ),
    "BRANCH_NEGATIVATED": (
        "O CNPJ da filial não muda enquanto houver negativações ativas em seu nome.",
        "The branch's CNPJ cannot change while negativations are live in its name.",
    ),
    "CUSTOMER_NEGATIVATED": (
        "O documento do cliente não muda enquanto ele tiver negativações ativas.",
        "The customer's document cannot change while it has live negativations.",
    ),
    "INVOICE_NEGATIVATED": (
        "Valor, vencimento e contrato não mudam enquanto o boleto estiver negativado.",
        "Amount, due date and contract cannot change while the invoice is negativated.",
    ),
    "ALREADY_MONITORED": (
        "Este CNPJ já está sendo monitorado.",
        "This CNPJ is watched already.",
    ),
    "COLLECTION_RUN_EXISTS": (
        "A rotina de cobrança já foi executada para {date}.",
        "The collection routine was run for {date} already.",
    ),
}
