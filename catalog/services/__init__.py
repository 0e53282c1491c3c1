"""What may be done in the catalogue, one module per noun; what other apps call is named here."""
