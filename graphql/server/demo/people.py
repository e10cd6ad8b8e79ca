"""Invented people and companies of the three demo branches. All chance comes from the given generator."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from core.domain.documents import Document, DocumentKind, parse_document
from core.domain.states import StateCode
from core.domain.subjects import Address, Gender


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


_FEMALE = _names(
    "Adriana|Alice|Aline|Amanda|Ana|Beatriz|Bianca|Camila|Carla|Cecília|Clarice|Daniela|Débora|Eduarda|"
    "Elisa|Fabiana|Fernanda|Gabriela|Helena|Isabela|Joana|Juliana|Larissa|Letícia|Lívia|Luana|Luísa|"
    "Marcela|Mariana|Marina|Natália|Patrícia|Paula|Rafaela|Renata|Sabrina|Simone|Sofia|Tatiana|Vanessa|"
    "Vitória"
)
_MALE = _names(
    "Alan|André|Antônio|Arthur|Augusto|Bernardo|Bruno|Caio|Carlos|César|Daniel|Davi|Diego|Eduardo|Elias|"
    "Emanuel|Fábio|Felipe|Gabriel|Guilherme|Gustavo|Heitor|Henrique|Igor|Ivan|João|Jonas|Leandro|"
    "Leonardo|Lucas|Marcelo|Mateus|Murilo|Nelson|Otávio|Pedro|Rafael|Renan|Rodrigo|Samuel|Thiago|Vicente|"
    "Vinícius"
)
_SURNAMES = _names(
    "Almeida|Alves|Amaral|Andrade|Aragão|Azevedo|Barbosa|Barros|Bastos|Batista|Borges|Brandão|Brito|"
    "Campos|Cardoso|Carvalho|Castro|Cavalcanti|Coelho|Correia|Costa|Cunha|Dias|Duarte|Farias|Fernandes|"
    "Ferreira|Figueiredo|Fonseca|Freitas|Furtado|Garcia|Gomes|Gonçalves|Guimarães|Lacerda|Leite|Lima|"
    "Lopes|Macedo|Machado|Magalhães|Marques|Martins|Medeiros|Melo|Mendes|Miranda|Monteiro|Moraes|Moreira|"
    "Moura|Nascimento|Nogueira|Nunes|Oliveira|Pacheco|Peixoto|Pereira|Pinheiro|Pinto|Pires|Prado|Queiroz|"
    "Ramos|Rezende|Ribeiro|Rocha|Rodrigues|Sales|Sampaio|Santana|Santos|Silva|Silveira|Siqueira|Soares|"
    "Souza|Tavares|Teixeira|Toledo|Vasconcelos|Vargas|Vieira|Xavier"
)
_TRADES = _names(
    "Padaria|Mercado|Farmácia|Oficina|Papelaria|Ferragens|Confeitaria|Pousada|Restaurante|Floricultura|"
    "Transportes|Marcenaria|Livraria|Ótica|Lavanderia|Agropecuária"
)
_TRADE_NAMES = _names(
    "Araucária|Aurora|Bela Vista|Campo Alto|Dois Irmãos|Esperança|Horizonte|Ipê|Nova Era|Pinhal|Primavera"
)
_STREETS = _names(
    "Rua das Araucárias|Rua dos Plátanos|Rua XV de Novembro|Rua Sete de Setembro|Avenida Brasil|Rua das Hortênsias|"
    "Rua Marechal Deodoro|Travessa do Moinho|Rua Bento Gonçalves|Avenida Getúlio Vargas|Rua do Comércio|Rua Tiradentes|"
    "Rua das Palmeiras|Estrada do Vinho|Rua Barão do Rio Branco"
)
_DISTRICTS = _names(
    "Centro|São José|Santa Rita|Vila Nova|Boa Vista|Santo Antônio|Jardim América|São Pelegrino|Universitário"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a branch and its customers are. `postal_prefix`: the first five digits of the CEP."""

    city: str
    state_code: StateCode
    area_code: str
    postal_prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody invented: a natural person, or a company (without gender and birth date)."""

    name: str
    document: Document
    gender: Gender | None
    born_on: date | None
    mobile: str
    email: str
    address: Address


def invent_person(chance: Random, place: Place, today: date) -> Person:
    """A natural person of age, with a CPF."""
    gender = chance.choice((Gender.FEMALE, Gender.MALE))
    first = chance.choice(_FEMALE if gender is Gender.FEMALE else _MALE)
    name = " ".join([first, *chance.sample(_SURNAMES, chance.choice((2, 2, 2, 3)))])
    born_on = today - timedelta(days=chance.randrange(19 * 366, 78 * 365))
    return _at_home(chance, place, name, invent_cpf(chance), gender, born_on)


def invent_company(chance: Random, place: Place, *, alphanumeric: bool = False) -> Person:
    """A company, with a CNPJ; with an alphanumeric one (issued since July 2026) when asked for."""
    name = f"{chance.choice(_TRADES)} {chance.choice(_TRADE_NAMES)} {chance.choice(_SURNAMES)} Ltda"
    return _at_home(chance, place, name, invent_cnpj(chance, alphanumeric=alphanumeric), None, None)


def named_person(
    chance: Random, place: Place, name: str, document: Document, gender: Gender | None, born_on: date | None
) -> Person:
    """Somebody with a given name and document and an invented home."""
    return _at_home(chance, place, name, document, gender, born_on)


def invent_cpf(chance: Random) -> Document:
    """A CPF with right check digits."""
    base = "".join(str(chance.randrange(10)) for _ in range(9))
    return parse_document(_with_check_digits(base, highest_weight=11), kind=DocumentKind.CPF)


def invent_cnpj(chance: Random, *, alphanumeric: bool = False) -> Document:
    """A CNPJ of a head office, with right check digits."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if alphanumeric else "0123456789"
    root = chance.choice("ABCDEFGH" if alphanumeric else "123456789")
    root += "".join(chance.choice(alphabet) for _ in range(7))
    return parse_document(_with_check_digits(f"{root}0001", highest_weight=9), kind=DocumentKind.CNPJ)


def _at_home(
    chance: Random, place: Place, name: str, document: Document, gender: Gender | None, born_on: date | None
) -> Person:
    words = name.lower().split()
    mailbox = _plain(f"{words[0]}.{words[-1]}{chance.randrange(10, 100)}")
    return Person(
        name=name,
        document=document,
        gender=gender,
        born_on=born_on,
        # No operator was ever given mobile numbers that start with 90.
        mobile=f"{place.area_code}90{chance.randrange(10_000_000):07}",
        email=f"{mailbox}@example.com",
        address=Address(
            postal_code=f"{place.postal_prefix}{chance.randrange(1000):03}",
            street=chance.choice(_STREETS),
            number=str(chance.randrange(1, 2500)),
            complement=chance.choice(
                ("S/C", "S/C", "S/C", f"Ap {chance.randrange(1, 12)}0{chance.randrange(1, 5)}")
            ),
            district=chance.choice(_DISTRICTS),
            city=place.city,
            state_code=place.state_code,
        ),
    )


def _plain(text: str) -> str:
    return text.translate(str.maketrans("áàâãéêíóôõúüç", "aaaaeeiooouuc"))


def _with_check_digits(base: str, *, highest_weight: int) -> str:
    for _ in range(2):
        values = [ord(character) - 48 for character in reversed(base)]
        remainder = sum(v * (2 + i % (highest_weight - 1)) for i, v in enumerate(values)) % 11
        base += "0" if remainder < 2 else str(11 - remainder)
    return base
