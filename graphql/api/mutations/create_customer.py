"""Create a customer (cadastrar cliente)."""

from datetime import date
from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import ConflictError, InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader
from api.permissions import needs
from api.types.address_input import AddressInput
from api.types.people import Customer
from core.domain.access import Scope
from core.domain.subjects import Gender, NegativationHold
from core.use_cases.save_customer import CreateCustomerCommand, CustomerFields


@strawberry.input(description="A new customer (dados do cliente).")
class CreateCustomerInput:
    branch_id: strawberry.ID = strawberry.field(description="The branch it belongs to (filial).")
    name: str = strawberry.field(description="Name or company name (nome ou razão social).")
    document: str = strawberry.field(
        description="CPF or CNPJ, numeric or alphanumeric, punctuated or not (CPF/CNPJ)."
    )
    gender: Gender | None = strawberry.field(default=None, description="Gender, of a person (gênero).")
    born_on: date | None = strawberry.field(
        default=None, description="Birth date, of a person (data de nascimento)."
    )
    mobile: str | None = strawberry.field(default=None, description="Mobile phone with area code (celular).")
    email: str | None = strawberry.field(default=None, description="E-mail (e-mail).")
    address: AddressInput | None = strawberry.field(default=None, description="Address (endereço).")
    hold: NegativationHold | None = strawberry.field(
        default=None,
        description="Why nothing of this customer is to be negativated (bloqueio de negativação).",
    )
    external_id: str | None = strawberry.field(
        default=None,
        description="The integrator's own id, unique among customers (código externo). Sending the same record twice answers with the first; other data under a known id is a conflict.",
    )


@strawberry.type(description="The customer was created (cliente cadastrado).")
class CreateCustomerSuccess:
    customer: Customer = strawberry.field(description="The customer (cliente).")


CreateCustomerResult = Annotated[
    CreateCustomerSuccess | InvalidInputError | NotFoundError | ConflictError,
    strawberry.union("CreateCustomerResult", description="What came of createCustomer (resultado)."),
]


@mutation(
    "Creates a customer (cadastrar cliente). Gaps are allowed here; `negativationEligibility` tells what a negativation would miss. Nothing goes to the bureau.",
    permission=needs(Scope.WRITE_RECORDS),
)
async def create_customer(
    info: Info,
    data: Annotated[
        CreateCustomerInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> CreateCustomerResult:
    reader = InputReader()
    branch_id = reader.id("Branch", data.branch_id, "branchId")
    reader.raise_if_any()
    done = await info.context.use_cases.create_customer(
        CreateCustomerCommand(
            caller=info.context.caller,
            branch_id=branch_id,
            fields=CustomerFields(
                name=data.name,
                document=data.document,
                gender=data.gender,
                born_on=data.born_on,
                mobile=data.mobile,
                email=data.email,
                address=(data.address or AddressInput()).fields(),
                hold=data.hold,
                external_id=data.external_id,
            ),
        )
    )
    return CreateCustomerSuccess(customer=Customer.of(done))
