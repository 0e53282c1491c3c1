from typing import Any

from django.urls import path

from catalog.api import items as items_api
from catalog.api import warehouses as warehouses_api

app_name = "catalog"

_items: list[Any] = []
_terms: list[Any] = []
_stock: list[Any] = []
urlpatterns = [*_items, *_terms, *_stock]

_terms_api = [
    path("warehouses/", warehouses_api.WarehouseList.as_view(), name="warehouse-list"),
    path("warehouses/<public_id:public_id>/", warehouses_api.WarehouseDetail.as_view(), name="warehouse-detail"),
]
_items_api: list[Any] = [
    path("items/", items_api.ItemList.as_view(), name="item-list"),
    path("items/<public_id:public_id>/", items_api.ItemDetail.as_view(), name="item-detail"),
    path("identifier-proposals/", items_api.ProposalList.as_view(), name="identifier-proposal-list"),
    path(
        "identifier-proposals/<public_id:public_id>/",
        items_api.ProposalDetail.as_view(),
        name="identifier-proposal-detail",
    ),
    path(
        "identifier-proposals/<public_id:public_id>/approve/",
        items_api.ProposalApproval.as_view(),
        name="identifier-proposal-approve",
    ),
    path(
        "identifier-proposals/<public_id:public_id>/refuse/",
        items_api.ProposalRefusal.as_view(),
        name="identifier-proposal-refuse",
    ),
    path(
        "identifier-proposals/<public_id:public_id>/withdraw/",
        items_api.ProposalWithdrawal.as_view(),
        name="identifier-proposal-withdraw",
    ),
]
_stock_api: list[Any] = []
api_urlpatterns = [*_items_api, *_terms_api, *_stock_api]
