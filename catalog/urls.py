from typing import Any

from django.urls import path

from catalog.api import costs as costs_api
from catalog.api import items as items_api
from catalog.api import warehouses as warehouses_api
from catalog.views import costs, directory, warehouses

app_name = "catalog"

_items: list[Any] = []
_terms = [
    path("warehouses/", warehouses.warehouse_list, name="warehouses"),
    path("warehouses/new/", warehouses.create_warehouse, name="create_warehouse"),
    path("warehouses/<public_id:public_id>/", warehouses.warehouse_detail, name="warehouse"),
    path("warehouses/<public_id:public_id>/edit/", warehouses.edit_warehouse, name="edit_warehouse"),
    path("warehouses/<public_id:public_id>/archive/", warehouses.archive_warehouse, name="archive_warehouse"),
    path("warehouses/<public_id:public_id>/restore/", warehouses.restore_warehouse, name="restore_warehouse"),
    path("directory/", directory.address_list, name="addresses"),
    path("directory/new/", directory.create_address, name="create_address"),
    path("directory/<public_id:public_id>/", directory.address_detail, name="address"),
    path("directory/<public_id:public_id>/edit/", directory.edit_address, name="edit_address"),
    path("directory/<public_id:public_id>/remove/", directory.remove_address, name="remove_address"),
    path("customer-numbers/", directory.customer_number_list, name="customer_numbers"),
    path("customer-numbers/new/", directory.create_customer_number, name="create_customer_number"),
    path("customer-numbers/<public_id:public_id>/", directory.edit_customer_number, name="customer_number"),
    path(
        "customer-numbers/<public_id:public_id>/remove/",
        directory.remove_customer_number,
        name="remove_customer_number",
    ),
    path("costs/", costs.cost_list, name="costs"),
    path("costs/new/", costs.create_cost, name="create_cost"),
    path("costs/agree/", costs.agree_costs, name="agree_costs"),
    path("costs/refuse/", costs.refuse_costs, name="refuse_costs"),
    path("costs/<public_id:public_id>/", costs.cost_detail, name="cost"),
    path("costs/<public_id:public_id>/edit/", costs.edit_cost, name="edit_cost"),
    path("costs/<public_id:public_id>/decide/", costs.decide_cost, name="decide_cost"),
]
_stock: list[Any] = []
urlpatterns = [*_items, *_terms, *_stock]

_terms_api = [
    path("warehouses/", warehouses_api.WarehouseList.as_view(), name="warehouse-list"),
    path("warehouses/<public_id:public_id>/", warehouses_api.WarehouseDetail.as_view(), name="warehouse-detail"),
    path("agreed-costs/", costs_api.CostList.as_view(), name="agreed-cost-list"),
    path("agreed-costs/<public_id:public_id>/", costs_api.CostDetail.as_view(), name="agreed-cost-detail"),
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
