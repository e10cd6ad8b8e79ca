"""The criteria of the two passwords, as the form shows them, and advice: Portuguese, English."""

PASSWORDS: dict[str, tuple[str, str]] = {
    "LENGTH_8": ("A senha deve ter exatamente 8 caracteres.", "The password must have exactly 8 characters."),
    "LOWERCASE_REQUIRED": (
        "A senha deve ter ao menos uma letra minúscula (a-z).",
        "The password must have at least one lower-case letter (a-z).",
    ),
    "UPPERCASE_REQUIRED": (
        "A senha deve ter ao menos uma letra maiúscula (A-Z).",
        "The password must have at least one upper-case letter (A-Z).",
    ),
    "DIGIT_REQUIRED": (
        "A senha deve ter ao menos um número (0-9).",
        "The password must have at least one digit (0-9).",
    ),
    "SPECIAL_REQUIRED": (
        "A senha deve ter ao menos um caractere especial (@#!).",
        "The password must have at least one special character (@#!).",
    ),
    "ALLOWED_CHARACTERS": (
        "A senha aceita somente a-z, A-Z, 0-9 e @#!.",
        "The password takes only a-z, A-Z, 0-9 and @#!.",
    ),
    "LENGTH_6": ("A senha deve ter exatamente 6 dígitos.", "The password must have exactly 6 digits."),
    "DIGITS_ONLY": ("A senha aceita somente números (0-9).", "The password takes only digits (0-9)."),
    "NO_SEQUENCE": (
        "A senha não pode ter três números em sequência, para cima ou para baixo (exemplo: 123).",
        "The password must not have three digits in sequence, up or down (for example 123).",
    ),
    "NEVER_USED": (
        "A senha deve ser diferente de qualquer senha utilizada anteriormente.",
        "The password must differ from every password used before.",
    ),
    "CONFIRMATION_DIFFERS": (
        "A confirmação é diferente da nova senha.",
        "The confirmation differs from the new password.",
    ),
    "STRONG": ("Use uma senha forte.", "Use a strong password."),
    "UNIQUE_PER_FIELD": (
        "Use uma senha única para cada campo, diferente da de outros acessos.",
        "Use a password of its own for each field, unlike that of any other account.",
    ),
    "NO_PERSONAL_DATA": (
        "Evite informações pessoais, como documentos, datas e nomes.",
        "Avoid personal data, such as documents, dates and names.",
    ),
    "NOT_GUESSABLE": (
        "Evite senhas fáceis de adivinhar, como caracteres repetidos.",
        "Avoid what is easy to guess, such as repeated characters.",
    ),
    "REPEATED_DIGITS": (
        "Aviso: a senha repete os mesmos caracteres e é fácil de adivinhar.",
        "Advice: the password repeats the same characters and is easy to guess.",
    ),
    "PERSONAL_DATA": (
        "Aviso: a senha é parte de um dado conhecido, como um documento ou o login.",
        "Advice: the password is part of something known, such as a document or the login.",
    ),
    "USED_ELSEWHERE": (
        "Aviso: a mesma senha é usada em outro campo ou integração.",
        "Advice: the same password is used in another field or integration.",
    ),
    "UNVERIFIED": (
        "Aviso: o provedor não pôde ser consultado; a senha foi guardada sem ser testada.",
        "Advice: the provider could not be asked; the password was stored without being tried.",
    ),
    "REPLACED": (
        "Aviso: esta senha já foi substituída por outra e não é mais a que vale; nada foi alterado.",
        "Advice: another password has replaced this one since, and it is no longer the one in use; nothing was changed.",
    ),
}
