"""Addresses as inputs."""

from dataclasses import fields

import strawberry

from api.inputs import Given, change
from core.use_cases.changes import given as given_fields
from core.use_cases.record_input import AddressChanges, AddressFields

_POSTAL_CODE = "Postal code, 8 digits, punctuated or not (CEP)."
_STREET = "Street (endereço)."
_NUMBER = "Number, or S/N (número)."
_COMPLEMENT = "Complement, or S/C (complemento)."
_DISTRICT = "District (bairro)."
_CITY = "City (cidade)."
_STATE_CODE = "State, two letters (UF)."


@strawberry.input(description="A Brazilian address (endereço). Parts left out are gaps.")
class AddressInput:
    postal_code: str | None = strawberry.field(default=None, description=_POSTAL_CODE)
    street: str | None = strawberry.field(default=None, description=_STREET)
    number: str | None = strawberry.field(default=None, description=_NUMBER)
    complement: str | None = strawberry.field(default=None, description=_COMPLEMENT)
    district: str | None = strawberry.field(default=None, description=_DISTRICT)
    city: str | None = strawberry.field(default=None, description=_CITY)
    state_code: str | None = strawberry.field(default=None, description=_STATE_CODE)

    def fields(self) -> AddressFields:
        """The address as use cases take it."""
        return AddressFields(
            postal_code=self.postal_code,
            street=self.street,
            number=self.number,
            complement=self.complement,
            district=self.district,
            city=self.city,
            state_code=self.state_code,
        )


@strawberry.input(description="Changes to an address (endereço). Parts left out stay, null clears.")
class AddressChangesInput:
    postal_code: strawberry.Maybe[str | None] = strawberry.field(description=_POSTAL_CODE)
    street: strawberry.Maybe[str | None] = strawberry.field(description=_STREET)
    number: strawberry.Maybe[str | None] = strawberry.field(description=_NUMBER)
    complement: strawberry.Maybe[str | None] = strawberry.field(description=_COMPLEMENT)
    district: strawberry.Maybe[str | None] = strawberry.field(description=_DISTRICT)
    city: strawberry.Maybe[str | None] = strawberry.field(description=_CITY)
    state_code: strawberry.Maybe[str | None] = strawberry.field(description=_STATE_CODE)

    def changes(self) -> AddressChanges:
        """The changes as use cases take them."""
        return AddressChanges(
            postal_code=change(self.postal_code),
            street=change(self.street),
            number=change(self.number),
            complement=change(self.complement),
            district=change(self.district),
            city=change(self.city),
            state_code=change(self.state_code),
        )

    @classmethod
    def whole(cls, given: "Given[AddressChangesInput | None] | None") -> tuple[AddressFields, frozenset[str]]:
        """An address that a row gave, and the parts of it that the row left out."""
        if given is not None and given.value is None:
            return AddressFields(), frozenset()
        parts = {} if given is None or given.value is None else given_fields(given.value.changes())
        names = {field.name for field in fields(AddressFields)}
        return AddressFields(**parts), frozenset(names - set(parts))
