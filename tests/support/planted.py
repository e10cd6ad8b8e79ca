"""What the test of canaries plants: secrets and the personal data of a customer."""

from adapters.crypto.keys import generate_key
from support.canaries import Canary
from support.documents import synthetic_cnpj, synthetic_cpf

SECRETS = {
    name: Canary(name=name, value=value)
    for name, value in {
        "consultation password at the beginning": "Kx7@wQz1",
        "PEFIN password at the beginning": "618379",
        "consultation password, changed": "Vb3#hJy8",
        "PEFIN password, changed": "847206",
        "consultation password, change refused by the bureau": "Tn5!pLs2",
        "PEFIN password, change that got lost": "508371",
        "consultation password, change answered by nonsense": "Rg9@cMd4",
        "password against the criteria": "kuckucksei-ohne-ziffer",
        "confirmation that differs": "Zw4!vXn6",
        "password in a wrong place": "Qj2#tFk7",
        "PEFIN password in a wrong place": "730964",
        "PEFIN password while the database fails": "915284",
        "token of the administrator": "canary-of-the-administrator-5f1c",
        "secret key": generate_key(),
    }.items()
}
CPF = synthetic_cpf(7_391_846)
COMPANY = synthetic_cnpj(739_184)
NAME = "Zuleika Canarinho Testemunha"
PERSONAL = {
    "document of the customer": Canary(name="document of the customer", value=CPF.number),
    "document of the customer, punctuated": Canary(
        name="document of the customer, punctuated",
        value=f"{CPF.number[:3]}.{CPF.number[3:6]}.{CPF.number[6:9]}-{CPF.number[9:]}",
    ),
    "name of the customer": Canary(name="name of the customer", value=NAME),
    "e-mail of the customer": Canary(name="e-mail of the customer", value="zuleika.canarinho@example.com"),
}


def secret(name: str) -> str:
    """The planted secret."""
    return SECRETS[name].value
