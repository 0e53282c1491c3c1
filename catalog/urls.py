from typing import Any

app_name = "catalog"

_items: list[Any] = []
_terms: list[Any] = []
_stock: list[Any] = []
urlpatterns = [*_items, *_terms, *_stock]

_items_api: list[Any] = []
_terms_api: list[Any] = []
_stock_api: list[Any] = []
api_urlpatterns = [*_items_api, *_terms_api, *_stock_api]
