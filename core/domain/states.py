"""The 27 federative units (unidades federativas, UF)."""

from enum import StrEnum

from core.domain.errors import InvalidInput, Problem


class StateCode(StrEnum):
    """Two-letter code of a state (UF), as in addresses and in state-wide protest registries."""

    AC = "AC"
    AL = "AL"
    AM = "AM"
    AP = "AP"
    BA = "BA"
    CE = "CE"
    DF = "DF"
    ES = "ES"
    GO = "GO"
    MA = "MA"
    MG = "MG"
    MS = "MS"
    MT = "MT"
    PA = "PA"
    PB = "PB"
    PE = "PE"
    PI = "PI"
    PR = "PR"
    RJ = "RJ"
    RN = "RN"
    RO = "RO"
    RR = "RR"
    RS = "RS"
    SC = "SC"
    SE = "SE"
    SP = "SP"
    TO = "TO"


def parse_state_code(text: str, *, path: tuple[str, ...]) -> StateCode:
    """Read a UF in either case. Raises InvalidInput `INVALID_STATE_CODE` at `path`."""
    try:
        return StateCode(text.strip().upper())
    except ValueError:
        raise InvalidInput(problems=(Problem(path, "INVALID_STATE_CODE"),)) from None
