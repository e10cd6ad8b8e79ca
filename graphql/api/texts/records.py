"""The names of record kinds: Portuguese, English."""

KINDS: dict[str, tuple[str, str]] = {
    "Branch": ("a filial", "branch"),
    "Integration": ("a integração", "integration"),
    "Customer": ("o cliente", "customer"),
    "Lead": ("o lead", "lead"),
    "Prospect": ("a prospecção", "prospect"),
    "Invoice": ("o boleto", "invoice"),
    "Consultation": ("a consulta", "consultation"),
    "Negativation": ("a negativação", "negativation"),
    "Monitor": ("o monitoramento", "watched company"),
    "AuditEvent": ("o evento de auditoria", "audit event"),
}
