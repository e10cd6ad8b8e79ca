"""Change a customer (editar cliente)."""

from datetime import date
from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import ConflictError, InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader, change
from api.permissions import needs
from api.types.address_input import AddressChangesInput
from api.types.people import Customer
from core.domain.access import Scope
from core.domain.subjects import Gender, NegativationHold
from core.use_cases.record_input import AddressChanges
from core.use_cases.save_customer import CustomerChanges, UpdateCustomerCommand


@strawberry.input(description="What is to change at a customer (alterações do cliente).")
class UpdateCustomerInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer (cliente).")
    name: strawberry.Maybe[str] = strawberry.field(description="Name or company name (nome ou razão social).")
    document: strawberry.Maybe[str] = strawberry.field(
        description="CPF or CNPJ, punctuated or not (CPF/CNPJ)."
    )
    gender: strawberry.Maybe[Gender | None] = strawberry.field(description="Gender, of a person (gênero).")
    born_on: strawberry.Maybe[date | None] = strawberry.field(
        description="Birth date, of a person (data de nascimento)."
    )
    mobile: strawberry.Maybe[str | None] = strawberry.field(
        description="Mobile phone with area code (celular)."
    )
    email: strawberry.Maybe[str | None] = strawberry.field(description="E-mail (e-mail).")
    address: strawberry.Maybe[AddressChangesInput] = strawberry.field(
        description="Parts of the address; those left out stay (endereço)."
    )
    hold: strawberry.Maybe[NegativationHold | None] = strawberry.field(
        description="Why nothing of this customer is to be negativated (bloqueio de negativação); null lifts it."
    )
    external_id: strawberry.Maybe[str | None] = strawberry.field(
        description="The integrator's own id, unique among customers (código externo)."
    )


@strawberry.type(description="The customer was changed (cliente alterado).")
class UpdateCustomerSuccess:
    customer: Customer = strawberry.field(description="The customer after the change (cliente).")


UpdateCustomerResult = Annotated[
    UpdateCustomerSuccess | InvalidInputError | NotFoundError | ConflictError,
    strawberry.union("UpdateCustomerResult", description="What came of updateCustomer (resultado)."),
]


@mutation(
    "Changes a customer (editar cliente); fields left out stay, null clears. The document may not change while debts are registered under it. Nothing goes to the bureau.",
    permission=needs(Scope.WRITE_RECORDS),
)
async def update_customer(
    info: Info,
    data: Annotated[
        UpdateCustomerInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> UpdateCustomerResult:
    reader = InputReader()
    customer_id = reader.id("Customer", data.customer_id, "customerId")
    reader.raise_if_any()
    done = await info.context.use_cases.update_customer(
        UpdateCustomerCommand(
            caller=info.context.caller,
            customer_id=customer_id,
            changes=CustomerChanges(
                name=change(data.name),
                document=change(data.document),
                gender=change(data.gender),
                born_on=change(data.born_on),
                mobile=change(data.mobile),
                email=change(data.email),
                address=AddressChanges() if data.address is None else data.address.value.changes(),
                hold=change(data.hold),
                external_id=change(data.external_id),
            ),
        )
    )
    return UpdateCustomerSuccess(customer=Customer.of(done))
