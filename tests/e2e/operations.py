"""The operations of a day at the desk, as a front end sends them."""

CUSTOMER = """
query ($document: String!) {
  customers(first: 1, filter: {document: $document}) {
    nodes { id name branch { id } invoices(first: 1) { nodes { id amount { amount } } } }
  }
}
"""

OPEN_INVOICES = """
query ($count: Int!, $dueTo: Date!, $dueFrom: Date!) {
  invoices(first: $count, filter: {status: [OPEN], dueTo: $dueTo, dueFrom: $dueFrom}) { nodes { id } }
}
"""

ELIGIBILITY = """
query ($ids: [ID!]!) { negativationEligibility(invoiceIds: $ids) { invoice { id } allowed reasons { code } } }
"""

CONSULT = """
mutation ($input: ConsultCreditInput!) {
  consultCredit(input: $input) {
    __typename
    ... on ConsultCreditSuccess {
      consultation {
        number outcome originalUrl printUrl pdfUrl
        report { identity { name } score { value band } pendingDebts { count } }
      }
    }
    ... on RepeatConsultationWarning { code message availableOn lastConsultation { number } }
    ... on UserError { code message }
  }
}
"""

NEGATIVATE = """
mutation ($input: NegativateDebtorInput!) {
  negativateDebtor(input: $input) {
    __typename
    ... on NegativateDebtorSuccess { negativation { id status protocol } }
    ... on AlreadyNegativatedError { code negativation { id } }
    ... on UserError { code message }
  }
}
"""

CLEAR = """
mutation ($input: ClearNegativationInput!) {
  clearNegativation(input: $input) {
    __typename
    ... on ClearNegativationSuccess { negativation { id status } }
    ... on UserError { code message }
  }
}
"""

ROTATE = """
mutation ($input: RotateCredentialsInput!) {
  rotateCredentials(input: $input) {
    __typename
    ... on RotateCredentialsSuccess { integration { id } }
    ... on PasswordRefusedError { problems { code } }
    ... on UserError { code message }
  }
}
"""

NEGATIVATION = """
query ($id: ID!) { node(id: $id) { ... on Negativation { status history { status trigger } codes { code } } } }
"""

NEGATIVATIONS = """
query { negativations(first: 100) { totalCount nodes { id status } } }
"""

INTEGRATIONS = """
query { integrations(first: 10) { nodes { id login branch { id } } } }
"""

VIEWER = "query { viewer { name scopes } }"

EXPORTS = """
query ($document: String!) {
  consultations(filter: {document: $document}, first: 1) {
    totalCount csv: exportUrl(format: CSV) xlsx: exportUrl(format: XLSX)
  }
}
"""
