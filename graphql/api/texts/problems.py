"""What each problem of an input, or reason against a negativation, says: Portuguese, English.

A text names the rule and what is accepted; where it happened stands in the problem's path.
"""

PROBLEMS: dict[str, tuple[str, str]] = {
    # documents, money, places
    "INVALID_DOCUMENT": (
        "Não é um CPF ou CNPJ válido: confira os dígitos. É aceito com ou sem pontuação, e o CNPJ também com letras.",
        "Not a valid CPF or CNPJ: check the digits. It may come with or without punctuation, and a CNPJ with letters.",
    ),
    "WRONG_DOCUMENT_KIND": ("É preciso um {expected} aqui.", "A {expected} is needed here."),
    "INVALID_AMOUNT": (
        "Informe um valor positivo em reais, até 999999999.99, com no máximo duas casas decimais.",
        "Give a positive amount in reais, up to 999999999.99, with at most two decimal places.",
    ),
    "INVALID_BUDGET": (
        "Informe de 0 a {max} consultas por dia, ou null para não limitar.",
        "Give 0 to {max} consultations a day, or null for no limit.",
    ),
    "INVALID_STATE_CODE": (
        "Não é uma UF. Informe a sigla, como SP.",
        "Not a state (UF). Give its two letters, such as SP.",
    ),
    "STATE_CODE_REQUIRED": (
        "Informe a UF: os protestos de um CPF são registrados por estado.",
        "Give the state (UF): a CPF's protests are kept by state.",
    ),
    "STATE_CODE_MISSING": (
        "O cadastro não tem UF no endereço. Complete-o antes de consultar.",
        "The record has no state (UF) in its address. Complete it before consulting.",
    ),
    "DOCUMENT_MISSING": (
        "O cadastro não tem CPF/CNPJ. Complete-o antes de consultar.",
        "The record has no CPF/CNPJ. Complete it before consulting.",
    ),
    # names, phones, dates
    "INVALID_TEXT": (
        "Informe um texto de 1 a {max} caracteres, em uma só linha.",
        "Give a text of 1 to {max} characters, on one line.",
    ),
    "MASKED_VALUE": (
        "O valor está oculto por ***. Deixe o campo como está ou informe o valor completo.",
        "The value is masked by ***. Leave the field as it is, or give the whole value.",
    ),
    "INVALID_EMAIL": (
        "Não é um endereço de e-mail, como nome@exemplo.com.br.",
        "Not an e-mail address, such as name@example.com.",
    ),
    "INVALID_PHONE": (
        "Informe o telefone com DDD, fixo ou celular: 10 ou 11 dígitos.",
        "Give the phone with its area code, landline or mobile: 10 or 11 digits.",
    ),
    "INVALID_BIRTH_DATE": (
        "A data de nascimento vai de 1900 até hoje.",
        "A birth date lies between 1900 and today.",
    ),
    "NOT_FOR_CNPJ": (
        "O campo só vale para pessoa física; com CNPJ deixe-o vazio.",
        "The field is for natural persons only; leave it out with a CNPJ.",
    ),
    "DATE_OUT_OF_RANGE": (
        "A data precisa estar entre {first} e {last}.",
        "The date must lie between {first} and {last}.",
    ),
    "DATE_IN_FUTURE": ("A data não pode ser futura.", "The date must not lie in the future."),
    "ISSUED_AFTER_DUE": (
        "A emissão não pode ser depois do vencimento.",
        "The day of issue must not come after the due date.",
    ),
    # parameters, integrations, tokens, collection
    "INVALID_INTERVAL": ("O intervalo vai de 0 a {max} dias.", "The interval lies between 0 and {max} days."),
    "INVALID_PASSWORD": (
        "Não pode ser uma senha: informe de 1 a {max} caracteres, sem espaços nas pontas.",
        "This cannot be a password: give 1 to {max} characters, without spaces around them.",
    ),
    "PASSWORD_REQUIRED": (
        "Em produção as duas senhas são obrigatórias.",
        "In production both passwords are required.",
    ),
    "ENVIRONMENT_NOT_CONFIGURED": (
        "Nenhum endereço do provedor está configurado para o ambiente {environment}.",
        "No address of the provider is configured for environment {environment}.",
    ),
    "SCOPES_REQUIRED": ("Informe ao menos uma permissão.", "Name at least one scope."),
    "BRANCHES_REQUIRED": (
        "Informe ao menos uma filial, ou nenhuma lista para todas.",
        "Name at least one branch, or give no list for all of them.",
    ),
    "EXPIRY_IN_PAST": ("O vencimento precisa ser futuro.", "The end must lie in the future."),
    "INVALID_DAYS_AFTER_DUE": (
        "Os dias após o vencimento vão de {min} a {max}.",
        "The days after the due date lie between {min} and {max}.",
    ),
    "COMPANY_CANNOT_INHERIT": (
        "Os parâmetros da empresa não têm de quem herdar: informe um valor.",
        "The company's parameters have nobody to inherit from: give a value.",
    ),
    "FUTURE_DATE": (
        "A rotina não pode ser executada para uma data futura.",
        "The routine cannot be run for a date in the future.",
    ),
    # ids, pages, lists
    "INVALID_ID": (
        "Não é um identificador de {kind}. Use o `id` que a API devolveu.",
        "Not the id of a record of type {kind}. Use the `id` that the API returned.",
    ),
    "INVALID_CURSOR": (
        "Não é um cursor desta lista nesta ordem. Use o `endCursor` ou `startCursor` da página anterior.",
        "Not a cursor of this list in this order. Use the previous page's `endCursor` or `startCursor`.",
    ),
    "PAGE_SIZE_OUT_OF_RANGE": (
        "O tamanho da página vai de 0 a {max}.",
        "A page holds 0 to {max} records.",
    ),
    "FIRST_AND_LAST": (
        "Informe `first` ou `last`, não os dois.",
        "Give `first` or `last`, not both.",
    ),
    "EXACTLY_ONE_OF": ("Informe exatamente um destes: {fields}.", "Give exactly one of these: {fields}."),
    "TOO_MANY": ("São aceitos no máximo {max} itens.", "At most {max} items are accepted."),
    "PERIOD_REVERSED": (
        "O fim do período é anterior ao início.",
        "The period ends before it begins.",
    ),
    "INVALID_IDEMPOTENCY_KEY": (
        "A chave não pode ser vazia nem passar de {max} caracteres.",
        "The key must be neither empty nor longer than {max} characters.",
    ),
    # the debtor's data
    "FIELD_REQUIRED": (
        "O campo é obrigatório para negativar. Sem complemento use S/C; sem número use S/N.",
        "The field is required to negativate. Without a complement use S/C; without a number use S/N.",
    ),
    "INVALID_MOBILE": (
        "Informe o celular com DDD: 11 dígitos, o terceiro é 9.",
        "Give the mobile phone with its area code: 11 digits, the third being 9.",
    ),
    "INVALID_POSTAL_CODE": ("O CEP tem 8 dígitos.", "A postal code (CEP) has 8 digits."),
    "MINOR": (
        "O devedor é menor de {age} anos; o birô não aceita.",
        "The debtor is younger than {age}; the bureau takes no minors.",
    ),
    "DOCUMENT_NOT_SUPPORTED_BY_BUREAU": (
        "O birô ainda não aceita CNPJ alfanumérico na negativação.",
        "The bureau does not yet take an alphanumeric CNPJ in a negativation.",
    ),
    "HOLD_DISPUTE": (
        "O cliente contesta a dívida; enquanto isso não se negativa.",
        "The customer disputes the debt; nothing is registered meanwhile.",
    ),
    "HOLD_SUB_JUDICE": (
        "A dívida está em discussão judicial.",
        "The debt is before a court.",
    ),
    "HOLD_DECEASED": ("O cliente consta como falecido.", "The customer is recorded as deceased."),
    "HOLD_AGREEMENT": (
        "O cliente cumpre um acordo em andamento.",
        "The customer is honouring an agreement.",
    ),
    "HOLD_BLOCKED": (
        "O cliente está bloqueado para negativação.",
        "The customer is blocked from negativation.",
    ),
    # the debt
    "CREDIT_ANALYSIS_DISABLED": (
        "A integração com análise de crédito está desabilitada nos parâmetros gerais.",
        "Credit analysis is switched off in the general parameters.",
    ),
    "INTEGRATION_NOT_LINKED": (
        "A filial ID {branch} não possui integração de análise de crédito vinculada.",
        "Branch ID {branch} has no credit analysis integration linked to it.",
    ),
    "CREDENTIALS_REFUSED": (
        "O provedor recusa a senha PEFIN da integração, ou ela não está definida.",
        "The provider refuses the integration's PEFIN password, or none is set.",
    ),
    "NOT_OVERDUE_ENOUGH": (
        "O boleto precisa estar vencido há pelo menos {days} dias.",
        "The invoice must be at least {days} days overdue.",
    ),
    "TOO_OLD": (
        "O birô não aceita dívidas com mais de 4 anos e 11 meses.",
        "The bureau takes no debt older than 4 years and 11 months.",
    ),
    "BELOW_MINIMUM_AMOUNT": (
        "O valor é menor que o mínimo para negativar: {money}.",
        "The amount is below the minimum for a negativation: {money}.",
    ),
    "INVALID_CONTRACT_NUMBER": (
        "O número do contrato tem de 1 a 16 caracteres entre 0-9, A-Z, / - . e espaço.",
        "A contract number has 1 to 16 characters of 0-9, A-Z, / - . and space.",
    ),
    "CONTRACT_NOT_RESCINDED": (
        "Nesta filial só se negativa depois da rescisão do contrato (Resolução Anatel 765/2023).",
        "At this branch debts are registered only after the contract was rescinded (Anatel Resolution 765/2023).",
    ),
    "ALREADY_NEGATIVATED": (
        "O boleto já tem uma negativação ativa.",
        "The invoice has a live negativation already.",
    ),
    "NEGATIVATED_BEFORE": (
        "O boleto já foi negativado, situação {status}: a rotina não o negativa de novo. Reenvie ou negative manualmente.",
        "The invoice was negativated before, status {status}: the routine does not repeat it. Resend it, or negativate by hand.",
    ),
    "CONTRACT_ALREADY_NEGATIVATED": (
        "O mesmo documento já tem este contrato negativado.",
        "The same document has this contract negativated already.",
    ),
    "INVOICE_NOT_OPEN": (
        "O boleto não está aberto: situação {status}.",
        "The invoice is not open: status {status}.",
    ),
    "RESTRICTION_CODE_REQUIRED": (
        "Informe o código de restrição: a integração não tem um padrão.",
        "Give a restriction code: the integration has no default.",
    ),
    "UNKNOWN_RESTRICTION_CODE": (
        "O código de restrição {code} não existe na tabela do provedor; veja `restrictionCodes`.",
        "Restriction code {code} is not in the provider's table; see `restrictionCodes`.",
    ),
    "CLEARING_CODE_REQUIRED": (
        "Informe o código para baixa: a integração não tem um padrão.",
        "Give a clearing code: the integration has no default.",
    ),
    "UNKNOWN_CLEARING_CODE": (
        "O código para baixa {code} não existe na tabela do provedor; veja `clearingCodes`.",
        "Clearing code {code} is not in the provider's table; see `clearingCodes`.",
    ),
    "NOT_CLEARABLE": (
        "A negativação não pode ser baixada na situação {status}.",
        "The negativation cannot be cleared in status {status}.",
    ),
}
