"""What stands on the sheet, as finished Portuguese texts: the page and the PDF print the same view."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from adapters.reports import formats, labels
from adapters.reports.labels import BlockLabels
from adapters.reports.text import visible
from core.domain.bureau import Environment
from core.domain.documents import DocumentKind
from core.domain.masking import Masking
from core.domain.mentions import Mentioned
from core.domain.report import ReportBlock, ReportEntry, Score
from core.domain.report_sheet import ReportSheet

Show = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreView:
    """The score: its value, its band (0 to 4, lowest first) and what it says, in words."""

    value: int
    band: int
    band_name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a block's table. kind: `date`, `text` or `amount`, which stands to the right."""

    title: str
    kind: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockView:
    """A block. status: `found`, `clear` (asked, nothing there) or `absent` (not part of the plan)."""

    key: str
    title: str
    status: str
    situation: str
    count: str = ""
    total: str = ""
    first: str = ""
    last: str = ""
    sentence: str = ""
    message: str = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def has_details(self) -> bool:
        """Whether there is more to say than fits into the summary."""
        return self.status == "found" or bool(self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetView:
    """The whole sheet."""

    title: str
    heading: str
    test_warning: str
    name: str
    document: str
    document_kind: str
    document_note: str
    headline: str
    consultation: tuple[Fact, ...]
    identity: tuple[Fact, ...]
    identity_note: str
    score: ScoreView | None
    score_note: str
    blocks: tuple[BlockView, ...]
    notes: tuple[str, ...]
    author: str
    running: str
    footer: str


def view_of(sheet: ReportSheet) -> SheetView:
    """Everything that is printed of `sheet`."""
    document = sheet.consultation.document
    masking = Masking.of(document, whole=sheet.whole_document)
    mentioned = Mentioned(document, tuple(visible(name) for name in _names(sheet)))

    def show(text: str) -> str:
        told = visible(text)
        return told if sheet.whole_document else mentioned.masked_in(told)

    shown_document = document.formatted if sheet.whole_document else document.masked
    heading = f"Relatório de consulta {labels.INTERMEDIARIES[sheet.intermediary]}"
    performed_at = formats.instant(sheet.consultation.performed_at)
    blocks = tuple(_blocks(sheet, show))
    return SheetView(
        title=f"{heading} nº {sheet.consultation.number}",
        heading=heading,
        test_warning=labels.TEST_WARNING
        if sheet.consultation.environment is Environment.HOMOLOGATION
        else "",
        name=_name(sheet, show),
        document=shown_document,
        document_kind=document.kind.value,
        document_note="" if sheet.whole_document else labels.MASKED_NOTE,
        headline=_headline(blocks),
        consultation=tuple(_consultation_facts(sheet, show)),
        identity=tuple(_identity_facts(sheet, show, masking)),
        identity_note=""
        if sheet.report.identity
        else labels.NOT_IN_PLAN.format(what="a confirmação cadastral"),
        score=_score(sheet.report.score) if sheet.report.score else None,
        score_note="" if sheet.report.score else labels.NOT_IN_PLAN.format(what="o score"),
        blocks=blocks,
        notes=tuple(_notes(sheet, performed_at)),
        author=visible(sheet.branch_name),
        footer=labels.FOOTER.format(performed_at=performed_at),
        running=f"{heading} nº {sheet.consultation.number} · {document.kind.value} {shown_document} · {performed_at}",
    )


def _notes(sheet: ReportSheet, performed_at: str) -> Iterator[str]:
    yield labels.CURRENT_NOTE.format(performed_at=performed_at)
    if any(getattr(sheet.report, key) is None for key in labels.BLOCKS):
        yield labels.ABSENT_NOTE.format(plan=labels.PLANS[sheet.consultation.plan])
    yield labels.PRIVACY_NOTE


def _names(sheet: ReportSheet) -> Iterator[str]:
    """The names that stand on the sheet."""
    identity = sheet.report.identity
    yield from filter(None, (sheet.subject_name, *(identity.names if identity else ())))


def _name(sheet: ReportSheet, show: Show) -> str:
    if sheet.report.identity:
        return show(sheet.report.identity.name)
    return show(sheet.subject_name) if sheet.subject_name else ""


def _consultation_facts(sheet: ReportSheet, show: Show) -> Iterator[Fact]:
    consultation = sheet.consultation
    yield Fact("Consulta nº", str(consultation.number))
    yield Fact("Realizada em", formats.instant(consultation.performed_at))
    yield Fact("Realizada por", show(consultation.performed_by))
    yield Fact("Consultado como", labels.SUBJECT_KINDS[consultation.subject_kind])
    yield Fact("Plano", labels.PLANS[consultation.plan])
    if consultation.state_code:
        yield Fact("UF da consulta", consultation.state_code.value)
    if consultation.protocol:
        yield Fact("Protocolo", show(consultation.protocol))
    yield Fact("Filial", visible(sheet.branch_name))
    # the creditor's own CNPJ is no secret, also when it consults itself
    yield Fact("CNPJ da filial", sheet.branch_document.formatted)


def _identity_facts(sheet: ReportSheet, show: Show, masking: Masking) -> Iterator[Fact]:
    identity = sheet.report.identity
    person = sheet.consultation.document.kind is DocumentKind.CPF
    if identity:
        yield Fact("Nome" if person else "Razão social", show(identity.name))
    if sheet.subject_name and (not identity or _folded(sheet.subject_name) != _folded(identity.name)):
        yield Fact("Nome no cadastro do provedor", show(sheet.subject_name))
    if not identity:
        return
    born_on = identity.birth_or_foundation_on
    if born_on and masking.day(born_on):
        yield Fact("Nascimento" if person else "Fundação", formats.day(born_on))
    if identity.document_status:
        yield Fact(f"Situação do {sheet.consultation.document.kind}", show(identity.document_status))
    if identity.mother_name:
        yield Fact("Nome da mãe", show(identity.mother_name))


def _folded(name: str) -> str:
    return visible(name).casefold()


def _score(score: Score) -> ScoreView:
    band = labels.BANDS[score.band]
    return ScoreView(
        value=score.value,
        band=list(labels.BANDS).index(score.band),
        band_name=band.name,
        text=(
            f"Score {score.value} em uma escala de 0 a 1.000, faixa “{band.name}” "
            f"({band.floor} a {formats.number(band.ceiling)}). Risco de inadimplência: {band.risk}."
        ),
    )


def _blocks(sheet: ReportSheet, show: Show) -> Iterator[BlockView]:
    for key, names in labels.BLOCKS.items():
        block: ReportBlock | None = getattr(sheet.report, key)
        if block is None:
            yield BlockView(key=key, title=names.title, status="absent", situation=labels.ABSENT)
        else:
            yield _block(key, names, block, show)


def _block(key: str, names: BlockLabels, block: ReportBlock, show: Show) -> BlockView:
    count = max(block.count, len(block.entries))
    message = show(block.message) if block.message else ""
    if count == 0:
        return BlockView(
            key=key, title=names.title, status="clear", situation=names.clear, count="0", message=message
        )
    columns, rows = _table(names, block.entries, show)
    first = formats.day(block.first_on) if block.first_on else ""
    last = formats.day(block.last_on) if block.last_on else ""
    total = formats.money(block.total) if block.total is not None else ""
    return BlockView(
        key=key,
        title=names.title,
        status="found",
        situation=names.found,
        count=formats.number(count),
        total=total,
        first=first,
        last=last,
        sentence=_sentence(names, count, len(rows), total, first, last),
        message=message,
        columns=columns,
        rows=rows,
    )


def _sentence(names: BlockLabels, count: int, listed: int, total: str, first: str, last: str) -> str:
    parts = [f"{formats.number(count)} {names.one if count == 1 else names.many}"]
    if total:
        parts.append(f"no total de {total}")
    if first and last and first != last:
        parts.append(f"de {first} a {last}")
    elif first or last:
        parts.append(f"em {first or last}")
    sentence = f"{', '.join(parts)}."
    if 0 < listed < count:
        sentence += f" O bureau listou {formats.number(listed)} de {formats.number(count)}."
    elif listed == 0:
        sentence += " O bureau não detalhou os registros."
    return sentence


def _table(
    names: BlockLabels, entries: tuple[ReportEntry, ...], show: Show
) -> tuple[tuple[Column, ...], tuple[tuple[str, ...], ...]]:
    """The entries as rows, without the columns that no entry fills; no rows when there is none that any entry fills."""
    columns = (
        Column(title="Data", kind="date"),
        Column(title=names.modality),
        Column(title=names.origin),
        Column(title=names.reference),
        Column(title="Cidade/UF"),
        Column(title="Observações"),
        Column(title="Valor", kind="amount"),
    )
    rows = [_row(entry, show) for entry in entries]
    used = [index for index in range(len(columns)) if any(row[index] for row in rows)]
    if not used:
        return (), ()
    return (
        tuple(columns[index] for index in used),
        tuple(tuple(row[index] or "–" for index in used) for row in rows),
    )


def _row(entry: ReportEntry, show: Show) -> tuple[str, ...]:
    texts = (entry.modality, entry.origin, entry.reference)
    remarks = [
        remark for set_, remark in ((entry.guarantor, "Avalista"), (entry.sub_judice, "Sub judice")) if set_
    ]
    return (
        formats.day(entry.occurred_on) if entry.occurred_on else "",
        *(show(text) if text else "" for text in texts),
        show("/".join(filter(None, (entry.city, entry.state_code)))),
        ", ".join(remarks),
        formats.money(entry.amount) if entry.amount is not None else "",
    )


def _headline(blocks: tuple[BlockView, ...]) -> str:
    negative = [block for block in blocks if labels.BLOCKS[block.key].negative and block.status != "absent"]
    found = [block for block in negative if block.status == "found"]
    if not negative:
        return "O plano consultado não inclui registros negativos."
    if not found:
        return "Nada consta nos registros consultados."
    names = ", ".join(block.title.lower() for block in found)
    return f"Constam registros em {len(found)} de {len(negative)} tipos consultados: {names}."
