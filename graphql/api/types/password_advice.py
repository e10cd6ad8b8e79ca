"""Advice about passwords."""

import strawberry

from api.messages import password_message
from api.texts.languages import Language


@strawberry.type(description="Advice about a password, which refuses nothing (orientação).")
class PasswordAdvice:
    code: str = strawberry.field(description="Its name for programs, such as REPEATED_DIGITS (código).")
    message: str = strawberry.field(description="What to mind, for people (mensagem).")

    @classmethod
    def of(cls, code: str, language: Language) -> "PasswordAdvice":
        """The advice as the schema shows it."""
        return cls(code=code, message=password_message(code, language))
