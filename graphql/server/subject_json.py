"""What is held of a person, as JSON: named like the fields of the API, readable by people and by programs."""

import base64
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from uuid import UUID

from strawberry.utils.str_converters import to_camel_case

from core.domain.documents import Document
from core.domain.money import Money
from core.use_cases.export_subject import SubjectExport

OF_OTHERS = frozenset(
    {
        *("responsible_cpf", "performed_by", "created_by", "requested_by"),
        *("actor", "actor_id", "origin", "stopped_by"),
    }
)
"""Fields about those who work with the data: theirs is not this person's to have."""


def as_json(export: SubjectExport) -> str:
    """The export, indented, with a line end."""
    return json.dumps(_plain(export), ensure_ascii=True, indent=2) + "\n"


def _plain(value: object) -> object:
    match value:
        case None | bool() | str() if not isinstance(value, Enum):
            return value
        case Enum():
            return value.value
        case Document():
            return value.number
        case Money():
            return f"{value.centavos // 100}.{value.centavos % 100:02d}"
        case int():
            return value
        case UUID():
            return str(value)
        case date():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case tuple() | list():
            return [_plain(each) for each in value]
    if is_dataclass(value):
        return {
            to_camel_case(field.name): _plain(getattr(value, field.name))
            for field in fields(value)
            if field.name not in OF_OTHERS
        }
    raise TypeError(f"nothing is known of {type(value).__name__}")
