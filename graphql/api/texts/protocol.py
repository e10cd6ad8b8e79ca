"""What is said about requests and documents that are not well-formed, or too large: Portuguese, English."""

PROTOCOL: dict[str, tuple[str, str]] = {
    # the HTTP request
    "METHOD_NOT_ALLOWED": (
        "Use POST, ou GET para consultas que não alteram nada.",
        "Use POST, or GET for queries that change nothing.",
    ),
    "MUTATION_BY_GET": (
        "Por GET só se executam queries; envie mutations por POST.",
        "GET executes queries only; send mutations by POST.",
    ),
    "NOT_ACCEPTABLE": (
        "A resposta vem em application/graphql-response+json ou application/json; o cabeçalho Accept não aceita nenhum.",
        "Answers come as application/graphql-response+json or application/json; the Accept header takes neither.",
    ),
    "UNSUPPORTED_CONTENT_TYPE": (
        "Envie o corpo como application/json em UTF-8.",
        "Send the body as application/json in UTF-8.",
    ),
    "UNSUPPORTED_CONTENT_ENCODING": (
        "O corpo comprimido não é aceito; envie-o sem Content-Encoding.",
        "Compressed bodies are not taken; send it without Content-Encoding.",
    ),
    "REPEATED_HEADER": (
        "O cabeçalho {name} veio mais de uma vez.",
        "The header {name} came more than once.",
    ),
    "BODY_TOO_LARGE": ("O corpo passa de {limit} bytes.", "The body exceeds {limit} bytes."),
    "REQUEST_TOO_SLOW": (
        "A requisição demorou demais para chegar inteira.",
        "The request took too long to arrive whole.",
    ),
    "TIMEOUT": (
        "A resposta demorou demais. Uma query foi interrompida; uma mutation segue até o fim: repita-a com a mesma "
        "`idempotencyKey` para saber o resultado.",
        "The answer took too long. A query was stopped; a mutation goes on to its end: repeat it with the same "
        "`idempotencyKey` to learn what came of it.",
    ),
    "INVALID_JSON": (
        "O corpo não é JSON válido em UTF-8.",
        "The body is not valid JSON in UTF-8.",
    ),
    "INVALID_JSON_PARAMETER": (
        "O parâmetro {name} não é um objeto JSON válido.",
        "The parameter {name} is not a valid JSON object.",
    ),
    "NOT_AN_OBJECT": (
        "O corpo precisa ser um objeto JSON com o campo `query`.",
        "The body must be a JSON object with the field `query`.",
    ),
    "QUERY_MISSING": ("Falta o campo `query`.", "The field `query` is missing."),
    "DOCUMENTS_BY_TEXT": (
        "Este servidor não conhece documentos pelo hash: envie o texto em `query`.",
        "This server knows no documents by hash: send the text in `query`.",
    ),
    "DOCUMENT_ID_MISSING": (
        "Este servidor só executa documentos conhecidos: envie o `documentId`.",
        "This server executes known documents only: send the `documentId`.",
    ),
    "DOCUMENT_UNKNOWN": (
        "O documento pedido não é conhecido por este servidor.",
        "The document asked for is not known to this server.",
    ),
    "DOCUMENT_NOT_TRUSTED": (
        "Este servidor só executa documentos conhecidos, e este não é um deles.",
        "This server executes known documents only, and this is none of them.",
    ),
    "WRONG_PARAMETER": (
        "O campo `{name}` precisa ser {expected}.",
        "The field `{name}` must be {expected}.",
    ),
    "UNUSABLE_TEXT": (
        "A requisição contém um caractere que não pode ser guardado (nulo ou substituto isolado).",
        "The request holds a character that cannot be stored (a null or a lone surrogate).",
    ),
    "UNUSABLE_NUMBER": (
        "A requisição contém um número grande demais.",
        "The request holds a number that is too large.",
    ),
    # the document
    "SYNTAX_ERROR": ("O documento GraphQL tem um erro de sintaxe. {reason}", "{reason}"),
    "VALIDATION_ERROR": ("O documento GraphQL não serve para este esquema. {reason}", "{reason}"),
    "OPERATION_NAME_REQUIRED": (
        "O documento tem várias operações: diga em `operationName` qual executar.",
        "The document holds several operations: say in `operationName` which to execute.",
    ),
    "OPERATION_UNKNOWN": (
        "O documento não tem a operação pedida em `operationName`.",
        "The document has no operation of the name given in `operationName`.",
    ),
    "NO_OPERATION": ("O documento não tem nenhuma operação.", "The document holds no operation."),
    # limits
    "LIMIT_CHARACTERS": (
        "O documento passa de {limit} caracteres.",
        "The document exceeds {limit} characters.",
    ),
    "LIMIT_NAME": (
        "O `operationName` passa de {limit} caracteres.",
        "The `operationName` exceeds {limit} characters.",
    ),
    "LIMIT_PARSER": ("O documento é grande demais. {reason}", "The document is too large. {reason}"),
    "LIMIT_FIELDS": (
        "O documento tem {found} campos; o limite é {limit}.",
        "The document has {found} fields; the limit is {limit}.",
    ),
    "LIMIT_ALIASES": (
        "O documento tem {found} apelidos de campo; o limite é {limit}.",
        "The document has {found} aliases; the limit is {limit}.",
    ),
    "LIMIT_FRAGMENTS": (
        "O documento tem {found} fragmentos; o limite é {limit}.",
        "The document has {found} fragments; the limit is {limit}.",
    ),
    "LIMIT_ROOT_FIELDS": (
        "A operação tem {found} campos na raiz; o limite é {limit}.",
        "The operation has {found} root fields; the limit is {limit}.",
    ),
    "LIMIT_DEPTH": (
        "A operação tem {found} níveis; o limite é {limit}.",
        "The operation is {found} levels deep; the limit is {limit}.",
    ),
    "LIMIT_COST": (
        "A operação pode ler {found} registros; o limite é {limit}. Peça páginas menores com `first`.",
        "The operation may read {found} records; the limit is {limit}. Ask for smaller pages with `first`.",
    ),
    # variables
    "VARIABLE_REQUIRED": (
        "Falta a variável `{variable}`, do tipo {type}.",
        "The variable `{variable}` of type {type} is missing.",
    ),
    "VARIABLE_TYPE": (
        "Valor inválido em `{path}`: é esperado {expected}.",
        "Invalid value at `{path}`: expected is {expected}.",
    ),
    "VARIABLE_NULL": (
        "O campo `{path}` pode faltar, mas não pode ser null.",
        "The field `{path}` may be left out, but not be null.",
    ),
    "VARIABLE_FIELD_MISSING": (
        "Falta o campo `{field}` em `{path}`.",
        "The field `{field}` is missing in `{path}`.",
    ),
    "VARIABLE_FIELD_UNKNOWN": (
        "Em `{path}` há um campo que o tipo {type} não tem.",
        "In `{path}` there is a field that the type {type} does not have.",
    ),
    "VARIABLE_ONE_OF": (
        "Em `{path}` é preciso exatamente um destes campos: {fields}.",
        "In `{path}` exactly one of these fields is needed: {fields}.",
    ),
    "VALUES_MORE": (
        "Pode haver mais valores inválidos: a verificação parou depois de {told}.",
        "More values may be wrong: checking stopped after {told}.",
    ),
}
