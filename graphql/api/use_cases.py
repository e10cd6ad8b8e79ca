"""Everything the API can have done: one field per use case, filled by the composition root."""

from dataclasses import dataclass

from core.use_cases.assess_eligibility import AssessEligibility
from core.use_cases.bureau_codes import BureauCodes
from core.use_cases.clear_negativation import ClearNegativation
from core.use_cases.consult_credit import ConsultCredit
from core.use_cases.negativate_debtor import NegativateDebtor
from core.use_cases.resend_negativation import ResendNegativation


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCases:
    """The use cases behind the schema."""

    assess_eligibility: AssessEligibility
    bureau_codes: BureauCodes
    clear_negativation: ClearNegativation
    consult_credit: ConsultCredit
    negativate_debtor: NegativateDebtor
    resend_negativation: ResendNegativation
