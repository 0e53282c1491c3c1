from typing import Any

from django.urls import path

from catalog.api import warehouses as warehouses_api

app_name = "catalog"

_items: list[Any] = []
_terms: list[Any] = []
_stock: list[Any] = []
urlpatterns = [*_items, *_terms, *_stock]

_items_api: list[Any] = []
_terms_api = [
    path("warehouses/", warehouses_api.WarehouseList.as_view(), name="warehouse-list"),
    path("warehouses/<public_id:public_id>/", warehouses_api.WarehouseDetail.as_view(), name="warehouse-detail"),
]
_stock_api: list[Any] = []
api_urlpatterns = [*_items_api, *_terms_api, *_stock_api]
