"""Labels for cartons and pallets: what is on them, and how they are drawn. Knows no database; see docs/labels.md."""

from shipments.labels.label import LabelData, LabelKind, LabelTemplate, Zone, find_template, list_templates
from shipments.labels.layout import list_faults
from shipments.labels.pdf import draw_pdf
from shipments.labels.zpl import draw_zpl

__all__ = [
    "LabelData",
    "LabelKind",
    "LabelTemplate",
    "Zone",
    "draw_pdf",
    "draw_zpl",
    "find_template",
    "list_faults",
    "list_templates",
]
