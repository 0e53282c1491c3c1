"""A stateful Amazon for demos, rehearsals and tests.

It signs clients in (Login with Amazon), answers the vendor operations of the Selling Partner API from worlds that live on
by themselves, and fails on demand. It speaks HTTP only and shares no code with the product, so that a mistake in the
product's reading of Amazon cannot hide behind the same mistake here. ``docs/simulator.md`` says how to use it.
"""
