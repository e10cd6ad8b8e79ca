"""The answers to everything but consultations."""

from datetime import UTC
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from adapters.connect_sa.orders import PLANS
from adapters.connect_sa.wire import Amount, Answer, Code, KeyedAnswer, Text, Token, own_key
from core.domain.bureau import BureauCode, BureauEvent, BureauEventKind, BureauEvents, Receipt
from core.domain.monitoring import ChangeEvent, ChangeEvents, ChangeKind
from core.domain.plans import PlanOffer

NOTHING_HELD = frozenset({"OPERACAO_NAO_ENCONTRADA", "CONSULTA_NAO_ENCONTRADA"})
"""The codes by which the provider says that it holds nothing under a key; any other refusal says nothing about it."""

_PLANS_BY_CODE = {code: plan for plan, code in PLANS.items()}

_EVENTS = {
    "INCLUSAO_ACEITA": BureauEventKind.INCLUSION_ACCEPTED,
    "INCLUSAO_REJEITADA": BureauEventKind.INCLUSION_REJECTED,
    "PUBLICADA": BureauEventKind.PUBLISHED,
    "BAIXA_ACEITA": BureauEventKind.CLEARING_ACCEPTED,
    "BAIXA_REJEITADA": BureauEventKind.CLEARING_REJECTED,
    "REMOVIDA": BureauEventKind.REMOVED,
    "EXPIRADA": BureauEventKind.EXPIRED,
}


class CredentialAnswer(Answer):
    """Credencial: the password of this kind is accepted."""

    tipo: Literal["consulta", "pefin"]
    situacao: Literal["ATIVA"]


class PlanRow(Answer):
    """Plano."""

    codigo: Code
    nome: Text
    preco: Amount | None


class PlansAnswer(Answer):
    """The plans contracted with the provider."""

    planos: list[PlanRow]

    def to_domain(self) -> list[PlanOffer]:
        """The plans that we know; the provider may sell others."""
        return [
            PlanOffer(
                plan=_PLANS_BY_CODE[row.codigo],
                name=row.nome,
                price_centavos=row.preco.centavos if row.preco else None,
            )
            for row in self.planos
            if row.codigo in _PLANS_BY_CODE
        ]


class CodeRow(Answer):
    """Codigo: a code of the provider and what it means."""

    codigo: Code
    descricao: Text

    def to_domain(self) -> BureauCode:
        """The row of a code table."""
        return BureauCode(code=self.codigo, description=self.descricao)


class CodesAnswer(Answer):
    """A code table."""

    codigos: list[CodeRow]


class ReceiptAnswer(KeyedAnswer):
    """Recibo: an order that the provider holds."""

    protocolo: Token
    operacao: Literal["INCLUSAO", "BAIXA"]

    def to_domain(self) -> Receipt:
        """The receipt."""
        return Receipt(protocol=self.protocolo)


class EventRow(KeyedAnswer):
    """Evento. Kinds that we do not know are kept as they came, and skipped."""

    id: Token
    tipo: Code
    ocorrido_em: AwareDatetime
    codigos: list[CodeRow]

    def to_domain(self) -> BureauEvent | None:
        """The event, or None when its kind is unknown: the stream must not stop at it."""
        kind = _EVENTS.get(self.tipo)
        if kind is None:
            return None
        return BureauEvent(
            event_id=self.id,
            inclusion_key=own_key(self.chave),
            kind=kind,
            occurred_at=self.ocorrido_em.astimezone(UTC),
            codes=tuple(row.to_domain() for row in self.codigos),
        )


class EventsAnswer(Answer):
    """A page of events."""

    eventos: list[EventRow]
    cursor: Token
    ha_mais: bool
    consultar_novamente_em_segundos: Annotated[int, Field(ge=0, le=604_800)]

    def to_domain(self, after: str | None) -> BureauEvents:
        """The page after the cursor `after`; a cursor that does not move on ends it, whatever the provider claims."""
        events = (row.to_domain() for row in self.eventos)
        return BureauEvents(
            events=tuple(event for event in events if event is not None),
            cursor=self.cursor,
            has_more=self.ha_mais and self.cursor != after,
            ask_again_after_seconds=self.consultar_novamente_em_segundos,
        )


_CHANGES = {
    "SITUACAO_CADASTRAL": ChangeKind.REGISTRATION_STATUS,
    "PENDENCIA": ChangeKind.PENDING_DEBT,
    "PROTESTO": ChangeKind.PROTEST,
    "ACAO_JUDICIAL": ChangeKind.LAWSUIT,
    "FALENCIA": ChangeKind.BANKRUPTCY,
}


class NothingAnswer(Answer):
    """The empty answer to an order that has nothing to tell."""


class MonitorAnswer(Answer):
    """Monitoramento: a CNPJ that is watched."""

    cnpj: Text
    desde: AwareDatetime


class ChangeRow(Answer):
    """Alteracao. Kinds that we do not know are told as OTHER: the description says what it is."""

    id: Token
    cnpj: Text
    tipo: Code
    descricao: Text
    ocorrida_em: AwareDatetime

    def to_domain(self) -> ChangeEvent:
        """The change."""
        return ChangeEvent(
            event_id=self.id,
            document=self.cnpj,
            kind=_CHANGES.get(self.tipo, ChangeKind.OTHER),
            description=self.descricao,
            occurred_at=self.ocorrida_em.astimezone(UTC),
        )


class ChangesAnswer(Answer):
    """A page of changes."""

    eventos: list[ChangeRow]
    cursor: Token
    ha_mais: bool
    consultar_novamente_em_segundos: Annotated[int, Field(ge=0, le=604_800)]

    def to_domain(self, after: str | None) -> ChangeEvents:
        """The page after the cursor `after`; a cursor that does not move on ends it, whatever the provider claims."""
        return ChangeEvents(
            events=tuple(row.to_domain() for row in self.eventos),
            cursor=self.cursor,
            has_more=self.ha_mais and self.cursor != after,
            ask_again_after_seconds=self.consultar_novamente_em_segundos,
        )
