"""Acts: one USSD hop, one SMS, one officer's move, one sweep; the only package that opens transactions."""

# The folders in the order in which they may import: each from those above it, never from one below.
FOLDERS = (
    "redis",
    "audit",
    "encryption",
    "cases.rules",
    "publishing",
    "models",
    "delivery",
    "messages",
    "cases.core",
    "cases.acts",
    "offices",
    "staff",
    "cases.access",
    "transparency",
    "ussd",
    "officer_sms",
    "sms",
    "drafts",
    "retention",
    "counts",
    "operations",
)
