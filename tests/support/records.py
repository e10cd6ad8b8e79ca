"""Records stored with all that they refer to."""

from dataclasses import dataclass
from typing import Any

from core.domain.branch import Branch
from core.domain.consultation import Consultation
from core.domain.integration import Integration
from core.domain.invoice import Invoice
from core.domain.negativation import Negativation
from core.domain.subjects import Customer
from ports.unit_of_work import UnitOfWork
from support.builders import (
    make_branch,
    make_consultation,
    make_customer,
    make_integration,
    make_invoice,
    make_negativation,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A branch with its integration and one customer, as stored."""

    branch: Branch
    integration: Integration
    customer: Customer

    def invoice(self, **changes: Any) -> Invoice:
        """An invoice of the customer, not stored."""
        return make_invoice(**{"customer_id": self.customer.id, "branch_id": self.branch.id, **changes})

    def consultation(self, **changes: Any) -> Consultation:
        """A consultation of the branch, not stored."""
        return make_consultation(
            **{"integration_id": self.integration.id, "branch_id": self.branch.id, **changes}
        )

    def negativation(self, invoice: Invoice, **changes: Any) -> Negativation:
        """A registration of an invoice, not stored."""
        known = {
            "invoice_id": invoice.id,
            "customer_id": self.customer.id,
            "branch_id": self.branch.id,
            "integration_id": self.integration.id,
        }
        return make_negativation(**{**known, **changes})


async def store_company(work: UnitOfWork) -> Company:
    """Store a branch with its integration and one customer."""
    branch = await work.branches.add(make_branch())
    integration = await work.integrations.add(make_integration(branch_id=branch.id))
    customer = await work.customers.add(make_customer(branch_id=branch.id))
    return Company(branch=branch, integration=integration, customer=customer)


async def store_negativation(work: UnitOfWork, company: Company, **changes: Any) -> Negativation:
    """Store an invoice and its registration."""
    invoice = await work.invoices.add(company.invoice())
    return await work.negativations.add(company.negativation(invoice, **changes))
