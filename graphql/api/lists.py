"""The lists of the API: where each is stored, and what the fields of its order hold (for its cursors)."""

from datetime import date, datetime

from api.paging import ListKind, NestedKind
from core.domain.audit import AuditEvent
from core.domain.branch import Branch
from core.domain.collection import CollectionItem, CollectionRun
from core.domain.consultation import Consultation
from core.domain.integration import Integration
from core.domain.invoice import Invoice
from core.domain.listing import (
    AuditFilter,
    AuditOrder,
    BranchFilter,
    BranchOrder,
    ClearingTaskFilter,
    ClearingTaskOrder,
    CollectionItemFilter,
    CollectionOrder,
    CollectionRunFilter,
    ConsultationFilter,
    ConsultationOrderField,
    IntegrationFilter,
    IntegrationOrder,
    InvoiceFilter,
    InvoiceOrder,
    MonitorChangeFilter,
    MonitorFilter,
    MonitorOrder,
    NegativationFilter,
    NegativationOrder,
    PersonFilter,
    PersonOrder,
)
from core.domain.monitoring import Monitor, MonitorChange
from core.domain.negativation import Negativation
from core.domain.paging import KeyValue
from core.domain.subjects import Customer, Lead, Prospect

_PERSON_VALUES: dict[PersonOrder, type[KeyValue]] = {PersonOrder.NUMBER: int, PersonOrder.NAME: str}

BRANCHES: ListKind[Branch, BranchFilter, BranchOrder] = ListKind(
    name="branches",
    store=lambda work: work.branches,
    values={BranchOrder.NUMBER: int, BranchOrder.NAME: str},
)
INTEGRATIONS: ListKind[Integration, IntegrationFilter, IntegrationOrder] = ListKind(
    name="integrations",
    store=lambda work: work.integrations,
    values={IntegrationOrder.NUMBER: int, IntegrationOrder.CREATED_AT: datetime},
)
CUSTOMERS: ListKind[Customer, PersonFilter, PersonOrder] = ListKind(
    name="customers", store=lambda work: work.customers, values=_PERSON_VALUES
)
LEADS: ListKind[Lead, PersonFilter, PersonOrder] = ListKind(
    name="leads", store=lambda work: work.leads, values=_PERSON_VALUES
)
PROSPECTS: ListKind[Prospect, PersonFilter, PersonOrder] = ListKind(
    name="prospects", store=lambda work: work.prospects, values=_PERSON_VALUES
)
INVOICES: NestedKind[Invoice, InvoiceFilter, InvoiceOrder] = NestedKind(
    name="invoices",
    store=lambda work: work.invoices,
    values={InvoiceOrder.NUMBER: int, InvoiceOrder.DUE_ON: date},
)
CONSULTATIONS: NestedKind[Consultation, ConsultationFilter, ConsultationOrderField] = NestedKind(
    name="consultations",
    store=lambda work: work.consultations,
    values={ConsultationOrderField.NUMBER: int, ConsultationOrderField.PERFORMED_AT: datetime},
)
NEGATIVATIONS: NestedKind[Negativation, NegativationFilter, NegativationOrder] = NestedKind(
    name="negativations",
    store=lambda work: work.negativations,
    values={
        NegativationOrder.NUMBER: int,
        NegativationOrder.CREATED_AT: datetime,
        NegativationOrder.UPDATED_AT: datetime,
    },
)
CLEARING_TASKS: ListKind[Negativation, ClearingTaskFilter, ClearingTaskOrder] = ListKind(
    name="clearingTasks",
    store=lambda work: work.clearing_tasks,
    values={ClearingTaskOrder.DUE_ON: date},
)
COLLECTION_RUNS: ListKind[CollectionRun, CollectionRunFilter, CollectionOrder] = ListKind(
    name="collectionRuns", store=lambda work: work.collection_runs, values={CollectionOrder.NUMBER: int}
)
COLLECTION_ITEMS: NestedKind[CollectionItem, CollectionItemFilter, CollectionOrder] = NestedKind(
    name="collectionItems", store=lambda work: work.collection_items, values={CollectionOrder.NUMBER: int}
)
MONITORS: ListKind[Monitor, MonitorFilter, MonitorOrder] = ListKind(
    name="monitors", store=lambda work: work.monitors, values={MonitorOrder.NUMBER: int}
)
MONITOR_CHANGES: NestedKind[MonitorChange, MonitorChangeFilter, MonitorOrder] = NestedKind(
    name="monitorChanges", store=lambda work: work.monitor_changes, values={MonitorOrder.NUMBER: int}
)
AUDIT_EVENTS: ListKind[AuditEvent, AuditFilter, AuditOrder] = ListKind(
    name="auditEvents", store=lambda work: work.audit, values={AuditOrder.NUMBER: int}
)
