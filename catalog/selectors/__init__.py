"""Reads of the catalogue, one module per noun; what other apps call is named here."""
