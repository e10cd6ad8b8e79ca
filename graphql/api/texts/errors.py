"""What each error says as a whole: Portuguese, English."""

ERRORS: dict[str, tuple[str, str]] = {
    # errors of a mutation's result
    "INVALID_INPUT": (
        "Há dados inválidos; veja em `problems` cada campo e o que é aceito.",
        "Some of the input is invalid; `problems` names each field and what is accepted.",
    ),
    "CONFLICT": (
        "O estado do registro não permite esta operação.",
        "The record's state does not allow this operation.",
    ),
    "NOT_FOUND": (
        "{kind} não existe, ou está fora do alcance deste token.",
        "No such {kind}, or it is out of this token's reach.",
    ),
    "IDEMPOTENCY_CONFLICT": (
        "Esta `idempotencyKey` já foi usada com outros dados. Use uma chave nova para um pedido novo.",
        "This `idempotencyKey` was used before with another input. Use a new key for a new request.",
    ),
    "CREDIT_ANALYSIS_DISABLED": (
        "A integração com análise de crédito está desabilitada nos parâmetros gerais.",
        "Credit analysis is switched off in the general parameters.",
    ),
    "INTEGRATION_NOT_LINKED": (
        "A filial ID {branch} não possui integração de análise de crédito vinculada.",
        "Branch ID {branch} has no credit analysis integration linked to it.",
    ),
    "BRANCH_ALREADY_INTEGRATED": (
        "Não foi possível prosseguir. A filial ID {branch} já possui uma integração vinculada.",
        "Could not proceed. Branch ID {branch} already has a linked integration.",
    ),
    "PLAN_REQUIRED": (
        "A integração está com o plano Todos: informe em `plan` um destes planos: {allowed}.",
        "The integration is set to all plans: name one of these in `plan`: {allowed}.",
    ),
    "PLAN_NOT_ALLOWED": (
        "O plano {plan} não pode ser usado nesta integração. Planos aceitos: {allowed}.",
        "Plan {plan} may not be used with this integration. Plans accepted: {allowed}.",
    ),
    "PLAN_ENDED": (
        "O plano {plan} foi descontinuado em {ended_on}. Planos aceitos: {allowed}.",
        "Plan {plan} was discontinued on {ended_on}. Plans accepted: {allowed}.",
    ),
    "REPEAT_CONSULTATION": (
        "Limite de consultas ultrapassado: este CPF/CNPJ já foi consultado e só volta a ficar livre em {available_on}. "
        "Para consultar e pagar de novo, repita com `confirmRepeat: true`.",
        "Query limit exceeded: this CPF/CNPJ was consulted already and is free again on {available_on}. "
        "To consult and pay once more, repeat with `confirmRepeat: true`.",
    ),
    "CONSULTATION_BUDGET_EXCEEDED": (
        "A filial já usou o seu orçamento de {limit} consultas por dia. Tente de novo amanhã, ou peça que o orçamento seja aumentado.",
        "The branch has used its budget of {limit} consultations a day. Try again tomorrow, or ask for a larger budget.",
    ),
    "ACTIVE_NEGATIVATIONS": (
        "A integração possui {count} negativação(ões) ativa(s); dê baixa nelas antes.",
        "The integration has {count} live negativation(s); clear them first.",
    ),
    "ACTIVE_MONITORS": (
        "A integração possui {count} monitoramento(s) ativo(s); encerre-os antes.",
        "The integration has {count} active monitor(s); stop them first.",
    ),
    "PASSWORD_REFUSED": (
        "A nova senha não atende aos critérios; veja em `problems` quais.",
        "The new password breaks criteria; `problems` says which.",
    ),
    "CREDENTIALS_REFUSED": (
        "O provedor recusa a senha {credential} desta integração, ou ela não está definida. Altere ou atualize a senha antes.",
        "The provider refuses this integration's {credential} password, or none is set. Rotate or adopt it first.",
    ),
    "NOT_ELIGIBLE": (
        "O boleto não pode ser negativado; veja em `reasons` todos os motivos.",
        "The invoice must not be negativated; `reasons` names every reason.",
    ),
    "ALREADY_NEGATIVATED": (
        "O boleto já tem a negativação {number}, na situação {status}.",
        "The invoice has negativation {number} already, in status {status}.",
    ),
    "NOT_CLEARABLE": (
        "A negativação {number} não pode ser baixada na situação {status}.",
        "Negativation {number} cannot be cleared in status {status}.",
    ),
    "NOT_RESENDABLE": (
        "A negativação {number} não pode ser reenviada na situação {status}: só o que terminou em erro é reenviado.",
        "Negativation {number} cannot be resent in status {status}: only what ended in an error is.",
    ),
    "NOTHING_CHANGED": (
        "A negativação {number} foi recusada e os dados do cliente não mudaram. Corrija-os, ou repita com `force: true`.",
        "Negativation {number} was refused and the customer's data did not change. Mend them, or repeat with `force: true`.",
    ),
    "BUREAU_REJECTED": (
        "O provedor recusou o pedido: {words}.",
        "The provider refused the request: {words}.",
    ),
    "BUREAU_UNAVAILABLE": (
        "O provedor não respondeu como esperado e nada foi concluído. Tente de novo mais tarde.",
        "The provider did not answer as expected and nothing was completed. Try again later.",
    ),
    "BUREAU_UNDETERMINED": (
        "O provedor não respondeu a tempo; o resultado será apurado. Confira o registro antes de repetir.",
        "The provider did not answer in time; the outcome is being found out. Look at the record before repeating.",
    ),
    "BUREAU_BALANCE": (
        "O saldo pré-pago no provedor acabou. Recarregue-o e tente de novo.",
        "The pre-paid balance at the provider is used up. Top it up and try again.",
    ),
    "BUREAU_QUOTA": (
        "O provedor pede uma pausa: foi consultado vezes demais, ou bloqueou o acesso por senhas erradas. Nada foi concluído; tente de novo mais tarde.",
        "The provider wants a pause: it was asked too often, or locked the login after wrong passwords. Nothing was completed; try again later.",
    ),
    "BUREAU_NOT_CONFIGURED": (
        "Nenhum endereço do provedor está configurado para o ambiente {environment}.",
        "No address of the provider is configured for environment {environment}.",
    ),
    # errors of the protocol and of access
    "UNAUTHENTICATED_MISSING": (
        "Falta o token. Envie o cabeçalho `Authorization: Bearer <token>`.",
        "The token is missing. Send the header `Authorization: Bearer <token>`.",
    ),
    "UNAUTHENTICATED_UNKNOWN": ("O token não é conhecido.", "The token is not known."),
    "UNAUTHENTICATED_INVALID": ("O token não vale aqui.", "The token is not valid here."),
    "UNAUTHENTICATED_EXPIRED": ("O token venceu; peça um novo.", "The token has expired; ask for a new one."),
    "UNAUTHENTICATED_REVOKED": ("O token foi revogado.", "The token was revoked."),
    "FORBIDDEN": ("O token não tem a permissão {scope}.", "The token lacks the scope {scope}."),
    "FORBIDDEN_EVERY_BRANCH": (
        "A operação vale para toda a empresa, e este token só alcança algumas filiais.",
        "This concerns the whole company, and the token reaches only some branches.",
    ),
    "RATE_LIMITED": (
        "Muitas requisições. Tente de novo em {seconds} s.",
        "Too many requests. Try again in {seconds} s.",
    ),
    "SERVICE_UNAVAILABLE": (
        "O serviço está temporariamente sem o seu banco de dados. Repita mais tarde; com a mesma `idempotencyKey` nada é feito duas vezes.",
        "The service is without its database for the moment. Repeat later; with the same `idempotencyKey` nothing is done twice.",
    ),
    "IDENTITY_PROVIDER_UNAVAILABLE": (
        "O provedor de identidade não responde e o token não pôde ser conferido. Repita mais tarde.",
        "The identity provider does not answer, so the token could not be checked. Repeat later.",
    ),
    "INTERNAL": (
        "Erro interno. Informe o código da requisição ao suporte: {request_id}.",
        "Internal error. Quote this request id to support: {request_id}.",
    ),
}
