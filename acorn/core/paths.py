"""How an opaque id looks in an address: anything else is not found before a view is asked."""


class PublicIdConverter:
    """`<public_id:order_id>`: a prefix and 128 bits, as `acorn.core.ids` makes them."""

    regex = "[a-z]{1,8}_[0-9a-hjkmnp-tv-z]{26}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
