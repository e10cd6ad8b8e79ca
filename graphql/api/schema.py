"""The schema, put together from its queries and mutations."""

from collections.abc import Iterator

import strawberry
from graphql import DocumentNode, GraphQLError, GraphQLSchema
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type
from strawberry.types import ExecutionContext

from api.documents import prepare
from api.errors.handlers import HANDLERS
from api.limits import Limits
from api.mutations.adopt_credentials import adopt_credentials
from api.mutations.cancel_invoice import cancel_invoice
from api.mutations.clear_negativation import clear_negativation
from api.mutations.consult_credit import consult_credit
from api.mutations.create_branch import create_branch
from api.mutations.create_customer import create_customer
from api.mutations.create_integration import create_integration
from api.mutations.create_invoice import create_invoice
from api.mutations.create_lead import create_lead
from api.mutations.create_prospect import create_prospect
from api.mutations.delete_integration import delete_integration
from api.mutations.link_integration import link_integration
from api.mutations.monitor_company import monitor_company
from api.mutations.negativate_debtor import negativate_debtor
from api.mutations.negativate_debtors import negativate_debtors
from api.mutations.renegotiate_invoice import renegotiate_invoice
from api.mutations.resend_negativation import resend_negativation
from api.mutations.resend_negativations import resend_negativations
from api.mutations.rotate_credentials import rotate_credentials
from api.mutations.run_collection import run_collection
from api.mutations.save_customers import save_customers
from api.mutations.save_invoices import save_invoices
from api.mutations.save_leads import save_leads
from api.mutations.save_prospects import save_prospects
from api.mutations.settle_invoice import settle_invoice
from api.mutations.stop_monitoring import stop_monitoring
from api.mutations.test_integration import test_integration
from api.mutations.unlink_integration import unlink_integration
from api.mutations.update_branch import update_branch
from api.mutations.update_collection_parameters import update_collection_parameters
from api.mutations.update_credit_parameters import update_credit_parameters
from api.mutations.update_customer import update_customer
from api.mutations.update_integration import update_integration
from api.mutations.update_invoice import update_invoice
from api.mutations.update_lead import update_lead
from api.mutations.update_prospect import update_prospect
from api.queries.audit import audit_events
from api.queries.collection import collection_parameters, collection_runs
from api.queries.consultations import consultation_plans, consultations
from api.queries.monitoring import monitor_changes, monitors
from api.queries.negativations import (
    clearing_codes,
    clearing_tasks,
    negativation_eligibility,
    negativations,
    restriction_codes,
)
from api.queries.nodes import node, nodes
from api.queries.records import branches, customers, integrations, invoices, leads, prospects
from api.queries.settings import credit_parameters, password_advice, password_criteria
from api.queries.viewer import viewer
from api.scalars import SCALARS

QUERIES = [
    viewer,
    node,
    nodes,
    credit_parameters,
    branches,
    integrations,
    customers,
    leads,
    prospects,
    invoices,
    consultations,
    consultation_plans,
    negativations,
    clearing_tasks,
    negativation_eligibility,
    restriction_codes,
    clearing_codes,
    password_criteria,
    password_advice,
    collection_parameters,
    collection_runs,
    monitors,
    monitor_changes,
    audit_events,
]

MUTATIONS = [
    consult_credit,
    negativate_debtor,
    negativate_debtors,
    clear_negativation,
    resend_negativation,
    resend_negativations,
    rotate_credentials,
    adopt_credentials,
    update_credit_parameters,
    create_integration,
    update_integration,
    delete_integration,
    test_integration,
    link_integration,
    unlink_integration,
    create_branch,
    update_branch,
    create_customer,
    update_customer,
    create_lead,
    update_lead,
    create_prospect,
    update_prospect,
    create_invoice,
    update_invoice,
    settle_invoice,
    cancel_invoice,
    renegotiate_invoice,
    save_customers,
    save_leads,
    save_prospects,
    save_invoices,
    update_collection_parameters,
    run_collection,
    monitor_company,
    stop_monitoring,
]


class PreparedDocuments(SchemaExtension):
    """Lets execution use what `prepare` remembers instead of parsing and validating again."""

    def on_parse(self) -> Iterator[None]:
        """Take the prepared document."""
        context = self.execution_context
        schema = context.schema
        if isinstance(schema, ApiSchema) and context.query is not None:
            prepared = prepare(schema.core, context.query, schema.limits)
            if not isinstance(prepared, DocumentNode):
                raise prepared[0]
            context.graphql_document = prepared
        yield

    def on_validate(self) -> Iterator[None]:
        """It was validated when it was prepared."""
        self.execution_context.pre_execution_errors = []
        yield


class ApiSchema(strawberry.Schema):
    """A Strawberry schema that logs nothing by itself: documents, variables and errors may hold secrets."""

    limits = Limits()

    @property
    def core(self) -> GraphQLSchema:
        """The schema of graphql-core beneath."""
        return self._schema

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Leave errors to `api.errors.presentation`, which knows what may be said of them."""


def build_schema(*, limits: Limits | None = None) -> ApiSchema:
    """The whole schema."""
    schema = ApiSchema(
        query=create_type("Query", QUERIES, description="What may be read (consultas à API)."),
        mutation=create_type("Mutation", MUTATIONS, description="What may be done (operações)."),
        extensions=[PreparedDocuments],
        exception_handlers=HANDLERS,
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
    )
    schema.limits = limits or schema.limits
    return schema
