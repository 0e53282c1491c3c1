"""How bodies are read."""

import io
import json
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class BoundedJSONParser(JSONParser):
    """JSON in UTF-8, whatever charset the header names: Python also knows charsets that unpack.

    Raises RequestDataTooBig above DATA_UPLOAD_MAX_MEMORY_SIZE, and ParseError for what is no JSON, is nested without
    end, or holds half a surrogate pair: no answer could repeat that.
    """

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        context = {**(parser_context or {}), "encoding": "utf-8"}
        body = context["request"]._request.body  # DRF's stream has no limit
        try:
            data = super().parse(io.BytesIO(body), media_type, context)
            json.dumps(data, ensure_ascii=False).encode()
        except (RecursionError, UnicodeEncodeError):
            raise ParseError from None
        return data
