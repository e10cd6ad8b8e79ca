"""What is told about plans that are to be discontinued: Portuguese, English."""

PLAN_NOTICES: dict[str, tuple[str, str]] = {
    "ENDS_SOON": (
        "Em breve este plano será descontinuado. É recomendado que utilize o Relatório + Score.",
        "This plan will be discontinued soon. Report + Score is recommended.",
    ),
    "ENDS_ON": (
        "Este plano será descontinuado em {ends_on}. É recomendado que utilize o Relatório + Score.",
        "This plan will be discontinued on {ends_on}. Report + Score is recommended.",
    ),
}
