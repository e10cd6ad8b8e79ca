"""The columns that each kind of file may have, by all names that are understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.imports.values import ReadCell, read_amount, read_day, read_gender, read_hold


class Kind(StrEnum):
    """What a file holds."""

    CUSTOMERS = "customers"
    LEADS = "leads"
    PROSPECTS = "prospects"
    INVOICES = "invoices"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column. field: of the record, or of its address; title: its name on the screens, which the template uses.

    names: further names; the field's own, also as the API writes it, is always understood. path: where the API's problems
    point to. needed: whether a file without it is of no use.
    """

    field: str
    title: str
    path: tuple[str, ...]
    names: tuple[str, ...] = ()
    read: ReadCell = str
    needed: bool = False


EXTERNAL_ID = Column(
    field="external_id",
    title="codigo",
    path=("externalId",),
    names=("codigo_externo", "id", "id_externo"),
    needed=True,
)

BRANCH = Column(
    field="branch_external_id",
    title="filial",
    path=("branchExternalId",),
    names=("branch", "codigo_filial", "id_filial", "codigo_da_filial"),
    needed=True,
)

_DOCUMENT_NAMES = ("cpf", "cnpj", "cnpj_cpf", "documento")
_MAIL = Column(field="email", title="email", path=("email",), names=("e_mail",))
_STATE_NAMES = ("estado",)

_ADDRESS = (
    Column(field="postal_code", title="cep", path=("address", "postalCode")),
    Column(field="street", title="endereco", path=("address", "street"), names=("logradouro", "rua")),
    Column(field="number", title="numero", path=("address", "number"), names=("numero_residencial",)),
    Column(field="complement", title="complemento", path=("address", "complement")),
    Column(field="district", title="bairro", path=("address", "district")),
    Column(field="city", title="cidade", path=("address", "city"), names=("municipio",)),
    Column(field="state_code", title="uf", path=("address", "stateCode"), names=_STATE_NAMES),
)

CUSTOMERS = (
    EXTERNAL_ID,
    BRANCH,
    Column(
        field="name",
        title="nome",
        path=("name",),
        names=("razao_social", "nome_razao_social", "razao_social_nome", "cliente"),
        needed=True,
    ),
    Column(field="document", title="cpf_cnpj", path=("document",), names=_DOCUMENT_NAMES, needed=True),
    Column(field="gender", title="genero", path=("gender",), names=("sexo",), read=read_gender),
    Column(
        field="born_on",
        title="nascimento",
        path=("bornOn",),
        names=("data_nascimento", "data_de_nascimento"),
        read=read_day,
    ),
    Column(field="mobile", title="celular", path=("mobile",), names=("telefone_celular", "telefone")),
    _MAIL,
    *_ADDRESS,
    Column(field="hold", title="bloqueio", path=("hold",), names=("motivo_do_bloqueio",), read=read_hold),
)

CONTACTS = (
    EXTERNAL_ID,
    BRANCH,
    Column(field="name", title="nome", path=("name",), names=("razao_social",), needed=True),
    Column(field="document", title="cpf_cnpj", path=("document",), names=_DOCUMENT_NAMES),
    Column(field="state_code", title="uf", path=("stateCode",), names=_STATE_NAMES),
    Column(field="phone", title="telefone", path=("phone",), names=("celular", "telefone_celular")),
    _MAIL,
)

INVOICES = (
    EXTERNAL_ID,
    Column(
        field="customer_external_id",
        title="cliente",
        path=("customerExternalId",),
        names=("customer", "codigo_cliente", "id_cliente", "codigo_do_cliente"),
        needed=True,
    ),
    Column(field="amount", title="valor", path=("amount",), read=read_amount, needed=True),
    Column(
        field="issued_on",
        title="emissao",
        path=("issuedOn",),
        names=("data_emissao", "data_de_emissao"),
        read=read_day,
        needed=True,
    ),
    Column(
        field="due_on",
        title="vencimento",
        path=("dueOn",),
        names=("data_vencimento", "data_de_vencimento"),
        read=read_day,
        needed=True,
    ),
    Column(
        field="contract_number",
        title="contrato",
        path=("contractNumber",),
        names=("numero_contrato", "numero_do_contrato"),
    ),
    Column(
        field="contract_rescinded_on",
        title="rescisao",
        path=("contractRescindedOn",),
        names=("data_rescisao", "data_de_rescisao", "rescisao_do_contrato"),
        read=read_day,
    ),
)

COLUMNS: Mapping[Kind, tuple[Column, ...]] = {
    Kind.CUSTOMERS: CUSTOMERS,
    Kind.LEADS: CONTACTS,
    Kind.PROSPECTS: CONTACTS,
    Kind.INVOICES: INVOICES,
}


def names_of(column: Column) -> tuple[str, ...]:
    """All names of a column, in their one spelling."""
    return (column.field, column.title, *column.names)
