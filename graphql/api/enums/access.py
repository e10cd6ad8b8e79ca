"""Scopes and the audit trail."""

from api.enums.describe import describe
from core.domain.access import Scope
from core.domain.audit import AuditAction

describe(
    Scope,
    "A permission of a token (permissão). Each field and mutation says which it needs.",
    {
        "READ": "See branches, integrations, customers, leads, prospects, invoices and negativations (ver cadastros).",
        "READ_CONSULTATIONS": "See consultations and their reports (ver consultas).",
        "WHOLE_DOCUMENTS": "See CPF and CNPJ, and names and contact data of people, without a mask (ver documentos completos).",
        "CONSULT": "Consult documents, which is billed (consultar).",
        "NEGATIVATE": "Register debtors at the bureau (negativar).",
        "CLEAR": "Clear registrations (dar baixa de negativação).",
        "RESEND": "Resend what ended in an error (reenviar).",
        "WRITE_RECORDS": "Create and change branches, customers, leads, prospects and invoices (editar cadastros).",
        "IMPORT": "Create and update customers, leads, prospects and invoices row by row (importar cadastros); WRITE_RECORDS includes it.",
        "CONFIGURE": "Change integrations and general parameters (configurar).",
        "ROTATE_CREDENTIALS": "Change the passwords of integrations (alterar senhas).",
        "RUN_COLLECTION": "Run the collection routine (executar rotina de cobrança).",
        "AUDIT": "Read the audit trail (ver log de operações).",
        "TOKENS": "Make, list and revoke tokens (gerenciar tokens).",
        "MONITOR": "Watch CNPJs (monitorar CNPJ).",
    },
)

describe(
    AuditAction,
    "What was done (operação registrada).",
    {
        "CONSULTATION_PERFORMED": "A document was consulted (consulta realizada).",
        "CONSULTATION_WARNED": "A repeated consultation was answered with the warning (aviso de consulta repetida).",
        "NEGATIVATION_REQUESTED": "A negativation was requested (negativação solicitada).",
        "NEGATIVATION_RESENT": "A negativation was resent (negativação reenviada).",
        "CLEARING_REQUESTED": "A clearing was requested (baixa de negativação solicitada).",
        "CREDENTIALS_ROTATED": "A password was changed here and at the provider (senha alterada).",
        "CREDENTIALS_ADOPTED": "A password changed elsewhere was stored (senha atualizada).",
        "CREDENTIALS_REFUSED": "The provider refused a password (senha recusada).",
        "INTEGRATION_CREATED": "An integration was created (integração criada).",
        "INTEGRATION_UPDATED": "An integration was changed (integração alterada).",
        "INTEGRATION_DELETED": "An integration was deleted (integração excluída).",
        "INTEGRATION_LINKED": "An integration was linked to a branch (integração vinculada).",
        "INTEGRATION_UNLINKED": "An integration was unlinked from a branch (integração desvinculada).",
        "INTEGRATION_TESTED": "An integration's passwords were tested (integração testada).",
        "PARAMETERS_UPDATED": "The general parameters were changed (parâmetros gerais alterados).",
        "RECORD_CREATED": "A record was created (cadastro criado).",
        "RECORD_UPDATED": "A record was changed (cadastro alterado).",
        "INVOICE_SETTLED": "An invoice was settled (boleto recebido).",
        "INVOICE_CANCELLED": "An invoice was cancelled (boleto cancelado).",
        "INVOICE_RENEGOTIATED": "An invoice was renegotiated (boleto renegociado).",
        "COLLECTION_PARAMETERS_UPDATED": "The collection parameters were changed (parâmetros de cobrança alterados).",
        "COLLECTION_RUN": "The collection routine ran (rotina de cobrança executada).",
        "MONITOR_ADDED": "A CNPJ began to be watched (monitoramento iniciado).",
        "MONITOR_STOPPED": "A CNPJ is no longer watched (monitoramento encerrado).",
        "REPORT_OPENED": "A report was opened or downloaded (relatório aberto).",
        "TOKEN_CREATED": "A token was created (token criado).",
        "TOKEN_REVOKED": "A token was revoked (token revogado).",
        "RECORDS_PURGED": "What had been kept for long enough was forgotten (eliminação por prazo).",
        "SUBJECT_EXPORTED": "All that is held of a person was exported (acesso do titular).",
        "SUBJECT_ERASED": "What may be erased of a person was erased (eliminação a pedido do titular).",
    },
)
