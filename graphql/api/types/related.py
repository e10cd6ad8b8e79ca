"""Records that other records point to, read through the loaders."""

from uuid import UUID

from api.context import Info
from api.types import branch, integration, invoice, negativation, people


async def branch_of(info: Info, branch_id: UUID) -> "branch.Branch":
    """The branch of a record that the caller sees; so it sees the branch as well."""
    found = await info.context.loaders.branches.load(branch_id)
    if found is None:
        raise LookupError("a visible record lies in a branch that is not visible")
    return branch.Branch.of(found)


async def integration_of(info: Info, integration_id: UUID) -> "integration.Integration | None":
    """The integration, when the caller reaches its branch."""
    found = await info.context.loaders.integrations.load(integration_id)
    return None if found is None else integration.Integration.of(found)


async def customer_of(info: Info, customer_id: UUID) -> "people.Customer | None":
    """The customer, when the caller reaches its branch."""
    found = await info.context.loaders.customers.load(customer_id)
    return None if found is None else people.Customer.of(found)


async def invoice_of(info: Info, invoice_id: UUID) -> "invoice.Invoice | None":
    """The invoice, when the caller reaches its branch."""
    found = await info.context.loaders.invoices.load(invoice_id)
    return None if found is None else invoice.Invoice.of(found)


async def negativation_of(info: Info, negativation_id: UUID) -> "negativation.Negativation | None":
    """The negativation, when the caller reaches its branch."""
    found = await info.context.loaders.negativations.load(negativation_id)
    return None if found is None else negativation.Negativation.of(found)
