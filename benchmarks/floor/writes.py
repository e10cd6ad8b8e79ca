"""Writing by hand: the same statements as the service's, in the same transactions, under the same locks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import httpx
from uuid_utils.compat import uuid7

from adapters.connect_sa.reports import ConsultationAnswer
from adapters.connect_sa.wire import wire_key
from adapters.crypto.vault import AesGcmVault
from adapters.sql.mapping.values import report_json
from benchmarks.floor.reads import global_id, money
from benchmarks.floor.stores import Script, Store, json_text
from core.domain.bureau import BureauReport, CredentialKind
from core.domain.report import Score
from core.domain.secret import SealedSecret
from core.use_cases.bureau_access import secret_context

RETENTION_YEARS = 5
PURPOSE = "CREDIT_GRANTING"
LEASE = timedelta(seconds=20)

_CREDIT = "SELECT enabled, repeat_interval_days, minimum_negativation_centavos FROM credit_parameters WHERE topic = $1"
_BRANCH = "SELECT id, number, integration_id, requires_rescission, daily_consultation_budget FROM branches WHERE id = $1"
_INTEGRATION = """
    SELECT id, branch_id, environment, login, plan, consultation_sealed, consultation_state, consultation_version,
           consultation_last_success_at, pefin_state, automation_restriction_code, send_sms_on_inclusion, responsible_cpf,
           deleted_at
    FROM integrations WHERE id = $1
"""
_EARLIER = """
    SELECT id, plan, performed_at FROM consultations WHERE document = $1 AND environment = $2 AND outcome
"""
_OPEN = f"{_EARLIER} IN ('PENDING', 'UNDETERMINED') ORDER BY number"
_LAST = f"{_EARLIER} = 'SUCCEEDED' ORDER BY performed_at DESC, number DESC LIMIT 1"
_CONSULT = """
    INSERT INTO consultations (id, key, subject_kind, subject_id, document, state_code, plan, purpose, environment,
        integration_id, branch_id, outcome, performed_at, performed_by, repeat_confirmed, billable)
    VALUES ($1, $2, 'CUSTOMER', $3, $4, $5, $6, $7, $8, $9, $10, 'PENDING', $11, $12, $13, $14) RETURNING number
"""
_INTENT = """
    INSERT INTO intents (key, account, kind, subject_id, due_at, attempts, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key) DO NOTHING
"""
_ACCOUNT = """
    INSERT INTO bureau_accounts (account, next_at, held) VALUES ($1, $2, $3) ON CONFLICT (account) DO NOTHING
"""
_AUDIT = """
    INSERT INTO audit_events (id, at, actor_id, actor, origin, action, record_kind, record_id, branch_id, details)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_OUTCOME = "SELECT outcome FROM consultations WHERE id = $1"
_DONE = "UPDATE intents SET done_at = $1 WHERE key = $2 AND attempts = 1 AND done_at IS NULL"
_SETTLE = """
    UPDATE consultations SET outcome = 'SUCCEEDED', performed_at = $1, protocol = $2, billable = $3, cost_centavos = $4
    WHERE id = $5
"""
_REPORT = """
    INSERT INTO consultation_reports (consultation_id, report, original, original_media_type) VALUES ($1, $2, $3, $4)
"""
_ACCEPTED = """
    UPDATE integrations SET consultation_state = 'VALID', consultation_last_success_at = $1 WHERE id = $2
"""
_PROVEN_FOR = timedelta(minutes=1)

_CODES = "SELECT codes, fetched_at FROM code_tables WHERE integration_id = $1 AND code_table = 'RESTRICTION'"
_INVOICE = """
    SELECT id, number, customer_id, branch_id, contract_number, amount_centavos, due_on, status, contract_rescinded_on
    FROM invoices WHERE id = $1
"""
_CUSTOMER = """
    SELECT id, name, document, gender, born_on, mobile, postal_code, street, street_number, complement, district, city,
           state_code, hold, branch_id
    FROM customers WHERE id = $1
"""
_OF_DEBTOR = "SELECT contract FROM negativations WHERE debtor_document = $1 AND environment = $2 AND"
_OF_INVOICE = "SELECT id, generation FROM negativations WHERE invoice_id = $1"
_NEGATIVATE = """
    INSERT INTO negativations (id, invoice_id, customer_id, branch_id, integration_id, environment, form, status, live,
        awaits_clearing, generation, inclusion_key, debtor_document, debtor, contract, amount_centavos, due_on, expires_on,
        restriction_code, send_sms, responsible_cpf, created_at, created_by, updated_at, codes)
    VALUES ($1, $2, $3, $4, $5, $6, 'MANUAL', 'QUEUED', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $20, '[]')
    RETURNING number
"""
_HISTORY = """
    INSERT INTO negativation_history (negativation_id, status, trigger, at, actor, codes)
    VALUES ($1, 'QUEUED', 'CREATED', $2, $3, '[]')
"""


class Refused(Exception):
    """A rule speaks against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, and from where."""

    id: str
    name: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """The routes that change something."""

    store: Store
    bureau: httpx.AsyncClient
    vault: AesGcmVault

    async def consult(self, caller: Caller, wanted: dict[str, Any]) -> dict[str, Any]:
        """Consult a customer: write the order down, ask the bureau, write its answer down."""
        order = await self.store.run(self._order(caller, UUID(wanted["uuid"]), wanted["plan"]))
        response = await self.bureau.post(
            "/v1/consultas",
            json={"documento": order["document"], "uf": order["state_code"], "plano": "RELATORIO_SCORE"},
            headers={"Idempotency-Key": wire_key(order["key"]), "Accept-Encoding": "identity"},
            auth=httpx.BasicAuth(order["login"], order["password"]),
        )
        response.raise_for_status()
        delivered = ConsultationAnswer.model_validate_json(response.content).to_domain()
        report = report_json(delivered.report)
        await self.store.run(self._settle(order, delivered, report))
        block = report["pending_debts"]
        shown = {
            "id": global_id("Consultation", str(order["id"])),
            "number": order["number"],
            "outcome": "SUCCEEDED",
            "report": {
                "score": {
                    "value": report["score"]["value"],
                    "band": Score(report["score"]["value"]).band.name,
                },
                "pendingDebts": {
                    "count": block["count"],
                    "total": block["total"] and {"amount": money(block["total"]["centavos"])},
                },
            },
        }
        return {"consultCredit": {"__typename": "ConsultCreditSuccess", "consultation": shown}}

    def _order(self, caller: Caller, customer_id: UUID, plan: str) -> Script:
        given, now = self.store.given, datetime.now(UTC)
        ((enabled, interval, _),) = yield _CREDIT, ("credit",)
        ((id_, _, document, *_, state_code, _, branch_id),) = yield _CUSTOMER, (given(customer_id),)
        ((*_, integration_id, _, _),) = yield _BRANCH, (branch_id,)
        ((_, _, environment, login, _, sealed, state, _, proven, *_, deleted),) = yield (
            _INTEGRATION,
            (integration_id,),
        )
        if not enabled or interval or deleted or state not in ("VALID", "UNVERIFIED"):
            raise Refused
        yield from self.store.lock(f"document:{document}")
        if (yield _OPEN, (document, environment)):
            raise Refused
        earlier = yield _LAST, (document, environment)
        new, account = uuid7(), UUID(self.store.id(integration_id))
        key = f"{new}:consultation"
        at = given(now)
        repeated = given(bool(earlier))
        about = (given(new), key, id_, document, state_code, plan, PURPOSE)
        values = (*about, environment, integration_id, branch_id)
        ((number,),) = yield _CONSULT, (*values, at, caller.name, repeated, given(False))
        recovery = given(uuid5(account, "recovery"))
        intent = (f"{key}:recovery", recovery, "RECOVER_CONSULTATION", given(new), given(now + LEASE), 1, at)
        yield _INTENT, intent
        yield _ACCOUNT, (recovery, at, given(False))
        details = json_text(
            {"number": number, "plan": plan, "purpose": PURPOSE, "repeatConfirmed": bool(earlier)}
        )
        yield self._audit(caller, at, "CONSULTATION_PERFORMED", "Consultation", new, branch_id, details)
        context = secret_context(account, CredentialKind.CONSULTATION)
        password = self.vault.open(SealedSecret(bytes(sealed)), context).value
        return {
            "id": new,
            "number": number,
            "key": key,
            "document": document,
            "state_code": state_code,
            "integration_id": integration_id,
            "proven": proven,
            "login": login,
            "password": password,
        }

    def _settle(self, order: dict[str, Any], delivered: BureauReport, report: dict[str, Any]) -> Script:
        given, now = self.store.given, datetime.now(UTC)
        at, id_ = given(now), given(order["id"])
        yield _OUTCOME + self.store.locked, (id_,)
        yield _DONE, (at, f"{order['key']}:recovery")
        cost = None if delivered.cost is None else delivered.cost.centavos
        yield _SETTLE, (at, delivered.protocol, given(delivered.billable), cost, id_)
        yield _REPORT, (id_, json_text(report), delivered.original, delivered.original_media_type)
        if order["proven"] is None or order["proven"] < given(now - _PROVEN_FOR):
            yield _INTEGRATION + self.store.locked, (order["integration_id"],)
            yield _ACCEPTED, (at, order["integration_id"])

    async def negativate(self, caller: Caller, wanted: dict[str, Any]) -> dict[str, Any]:
        """Register an invoice, in one transaction."""
        negativation = await self.store.run(self._register(caller, UUID(wanted["uuid"])))
        return {"negativateDebtor": {"__typename": "NegativateDebtorSuccess", "negativation": negativation}}

    def _register(self, caller: Caller, invoice_uuid: UUID) -> Script:
        given, locked, now = self.store.given, self.store.locked, datetime.now(UTC)
        yield from self.store.lock(f"invoice:{invoice_uuid}")
        ((invoice_id, invoice, customer_id, branch_id, contract, amount, due_on, status, _),) = yield (
            _INVOICE + locked,
            (given(invoice_uuid),),
        )
        ((_, name, document, gender, born_on, mobile, *address, state_code, hold, _),) = yield (
            _CUSTOMER + locked,
            (customer_id,),
        )
        ((*_, integration_id, _, _),) = yield _BRANCH, (branch_id,)
        ((_, _, environment, *_),) = yield _INTEGRATION, (integration_id,)
        contracts = yield f"{_OF_DEBTOR} {self.store.live}", (document, environment)
        ((enabled, *_),) = yield _CREDIT, ("credit",)
        live = yield f"{_OF_INVOICE} AND {self.store.live}", (invoice_id,)
        due = due_on if isinstance(due_on, date) else date.fromisoformat(due_on)
        if live or hold or not enabled or status != "OPEN" or now.date() - due < timedelta(days=1):
            raise Refused
        yield _CODES, (integration_id,)
        if contract in {each for (each,) in contracts}:
            raise Refused
        ((*_, code, sms, responsible, _),) = yield _INTEGRATION + locked, (integration_id,)
        generation = max((each for _, each in (yield _OF_INVOICE, (invoice_id,))), default=0) + 1
        new, at = uuid7(), given(now)
        born = None if born_on is None else str(born_on)
        postal_code, street, street_number, complement, district, city = address
        debtor = {
            "document": {"kind": "CPF", "number": document},
            "name": name,
            "gender": gender,
            "born_on": born,
            "mobile": mobile,
            "postal_code": postal_code,
            "street": street,
            "street_number": street_number,
            "complement": complement,
            "district": district,
            "city": city,
            "state_code": state_code,
        }
        key = f"{invoice_uuid}:inclusion:{generation}"
        expires = due.replace(year=due.year + RETENTION_YEARS)
        of = (given(new), invoice_id, customer_id, branch_id, integration_id, environment)
        life = (given(True), given(False), generation, key, document, json_text(debtor), contract, amount)
        ((number,),) = yield (
            _NEGATIVATE,
            (*of, *life, due_on, given(expires), code, sms, responsible, at, caller.name),
        )
        yield _HISTORY, (given(new), at, caller.name)
        yield _INTENT, (key, integration_id, "REGISTER", given(new), at, 0, at)
        yield _ACCOUNT, (integration_id, at, given(False))
        details = json_text({"number": number, "invoice": invoice, "form": "MANUAL", "restrictionCode": code})
        yield self._audit(caller, at, "NEGATIVATION_REQUESTED", "Negativation", new, branch_id, details)
        return {
            "id": global_id("Negativation", str(new)),
            "number": number,
            "status": "QUEUED",
            "expiresOn": expires,
        }

    def _audit(
        self, caller: Caller, at: Any, action: str, kind: str, id_: UUID, branch_id: Any, details: str
    ) -> tuple[str, tuple[Any, ...]]:
        event = (self.store.given(uuid7()), at, caller.id, caller.name, caller.origin, action, kind)
        return _AUDIT, (*event, self.store.given(id_), branch_id, details)
