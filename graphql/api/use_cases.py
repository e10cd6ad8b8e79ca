"""Everything the API can have done: one field per use case, filled by the composition root."""

from dataclasses import dataclass

from core.use_cases.adopt_credentials import AdoptCredentials
from core.use_cases.assess_eligibility import AssessEligibility
from core.use_cases.bureau_codes import BureauCodes
from core.use_cases.cancel_invoice import CancelInvoice
from core.use_cases.clear_negativation import ClearNegativation
from core.use_cases.collection_settings import ReadCollectionParameters, UpdateCollectionParameters
from core.use_cases.consult_credit import ConsultCredit
from core.use_cases.consultation_plans import ConsultationPlans
from core.use_cases.create_integration import CreateIntegration
from core.use_cases.delete_integration import DeleteIntegration
from core.use_cases.identify_caller import IdentifyCaller
from core.use_cases.link_integration import LinkIntegration
from core.use_cases.monitor_company import MonitorCompany, StopMonitoring
from core.use_cases.negativate_debtor import NegativateDebtor
from core.use_cases.negativate_debtors import NegativateDebtors
from core.use_cases.renegotiate_invoice import RenegotiateInvoice
from core.use_cases.resend_negativation import ResendNegativation
from core.use_cases.resend_negativations import ResendNegativations
from core.use_cases.rotate_credentials import RotateCredentials
from core.use_cases.run_collection import RunCollection
from core.use_cases.save_branch import CreateBranch, UpdateBranch
from core.use_cases.save_contacts import SaveLeads, SaveProspects
from core.use_cases.save_customer import CreateCustomer, UpdateCustomer
from core.use_cases.save_customers import SaveCustomers
from core.use_cases.save_invoice import CreateInvoice, UpdateInvoice
from core.use_cases.save_invoices import SaveInvoices
from core.use_cases.save_lead import CreateLead, UpdateLead
from core.use_cases.save_prospect import CreateProspect, UpdateProspect
from core.use_cases.settle_invoice import SettleInvoice
from core.use_cases.test_integration import TestIntegration
from core.use_cases.unlink_integration import UnlinkIntegration
from core.use_cases.update_credit_parameters import UpdateCreditParameters
from core.use_cases.update_integration import UpdateIntegration


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCases:
    """The use cases behind the schema."""

    adopt_credentials: AdoptCredentials
    assess_eligibility: AssessEligibility
    bureau_codes: BureauCodes
    cancel_invoice: CancelInvoice
    clear_negativation: ClearNegativation
    consult_credit: ConsultCredit
    consultation_plans: ConsultationPlans
    create_branch: CreateBranch
    create_customer: CreateCustomer
    create_integration: CreateIntegration
    create_invoice: CreateInvoice
    create_lead: CreateLead
    create_prospect: CreateProspect
    delete_integration: DeleteIntegration
    identify_caller: IdentifyCaller
    link_integration: LinkIntegration
    monitor_company: MonitorCompany
    negativate_debtor: NegativateDebtor
    negativate_debtors: NegativateDebtors
    read_collection_parameters: ReadCollectionParameters
    renegotiate_invoice: RenegotiateInvoice
    resend_negativation: ResendNegativation
    resend_negativations: ResendNegativations
    rotate_credentials: RotateCredentials
    run_collection: RunCollection
    save_customers: SaveCustomers
    save_invoices: SaveInvoices
    save_leads: SaveLeads
    save_prospects: SaveProspects
    settle_invoice: SettleInvoice
    stop_monitoring: StopMonitoring
    test_integration: TestIntegration
    unlink_integration: UnlinkIntegration
    update_branch: UpdateBranch
    update_collection_parameters: UpdateCollectionParameters
    update_credit_parameters: UpdateCreditParameters
    update_customer: UpdateCustomer
    update_integration: UpdateIntegration
    update_invoice: UpdateInvoice
    update_lead: UpdateLead
    update_prospect: UpdateProspect
