from typing import Any

from django.urls import path

from catalog.api import costs as costs_api
from catalog.api import items as items_api
from catalog.api import reviews as reviews_api
from catalog.api import stock as stock_api
from catalog.api import warehouses as warehouses_api
from catalog.views import costs, directory, warehouses
from catalog.views import items as items_views
from catalog.views import proposals as proposals_views
from catalog.views import reviews as reviews_views
from catalog.views import stock as stock_views

app_name = "catalog"

_items: list[Any] = [
    path("items/", items_views.item_list, name="items"),
    path("items/new/", items_views.item_new, name="item_new"),
    path("items/export/", items_views.export_items, name="export_items"),
    path("items/status/", items_views.change_statuses, name="change_statuses"),
    path("items/status/undo/", items_views.undo_statuses, name="undo_statuses"),
    path("items/<public_id:public_id>/", items_views.item_detail, name="item"),
    path("items/<public_id:public_id>/edit/", items_views.item_edit, name="item_edit"),
    path("items/<public_id:public_id>/identifiers/", items_views.propose, name="propose"),
    path("identifier-proposals/", proposals_views.proposal_list, name="proposals"),
    path("identifier-proposals/export/", proposals_views.export_proposals, name="export_proposals"),
    path("identifier-proposals/approve/", proposals_views.approve_proposals, name="approve_proposals"),
    path("identifier-proposals/refuse/", proposals_views.refuse_proposals, name="refuse_proposals"),
    path("identifier-proposals/<public_id:public_id>/", proposals_views.proposal_detail, name="proposal"),
    path("identifier-proposals/<public_id:public_id>/approve/", proposals_views.approve, name="approve_proposal"),
    path("identifier-proposals/<public_id:public_id>/refuse/", proposals_views.refuse, name="refuse_proposal"),
    path("identifier-proposals/<public_id:public_id>/withdraw/", proposals_views.withdraw, name="withdraw_proposal"),
    path("settings/reviews/", reviews_views.reviews, name="reviews"),
    path("settings/reviews/assign/", reviews_views.assign_review, name="assign_review"),
    path("settings/reviews/done/", reviews_views.finish_review, name="finish_review"),
]
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
_stock = [
    path("stock/", stock_views.stock_list, name="stock"),
    path("stock/count/", stock_views.count_sheet, name="count_sheet"),
    path("stock/count/save/", stock_views.save_count_sheet, name="save_count_sheet"),
    path("stock/held/", stock_views.commitment_list, name="commitments"),
    path("stock/held/release/", stock_views.release, name="release"),
    path("inbound/", stock_views.inbound_list, name="inbound"),
    path("inbound/new/", stock_views.expect_inbound, name="expect_inbound"),
    path("inbound/arrived/", stock_views.receive_many, name="receive_many"),
    path("inbound/<public_id:public_id>/", stock_views.inbound_detail, name="inbound_detail"),
    path("inbound/<public_id:public_id>/arrived/", stock_views.receive_inbound, name="receive_inbound"),
    path("inbound/<public_id:public_id>/cancel/", stock_views.cancel_inbound, name="cancel_inbound"),
    path("items/<public_id:public_id>/stock/", stock_views.item_stock, name="item_stock"),
    path("items/<public_id:public_id>/stock/ledger/", stock_views.item_ledger, name="item_ledger"),
    path("items/<public_id:public_id>/stock/count/", stock_views.count_item, name="count_item"),
    path("items/<public_id:public_id>/stock/adjust/", stock_views.adjust_item, name="adjust_item"),
    path("items/<public_id:public_id>/stock/move/", stock_views.move_item, name="move_item"),
    path("items/<public_id:public_id>/stock/hold/", stock_views.hold_item, name="hold_item"),
    path("items/<public_id:public_id>/stock/buffer/", stock_views.buffer_item, name="buffer_item"),
]
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
_stock_api = [
    path("stock-counts/", stock_api.StockCounts.as_view(), name="stock-count-list"),
    path("stock-counts/batch/", stock_api.StockCountBatch.as_view(), name="stock-count-batch"),
    path("stock-adjustments/", stock_api.StockAdjustments.as_view(), name="stock-adjustment-list"),
    path("stock-transfers/", stock_api.StockTransfers.as_view(), name="stock-transfer-list"),
    path("stock-entries/", stock_api.StockEntries.as_view(), name="stock-entry-list"),
    path("stock-levels/", stock_api.StockLevels.as_view(), name="stock-level-list"),
    path("stock-reservations/", stock_api.Reservations.as_view(), name="stock-reservation-list"),
    path(
        "stock-reservations/<public_id:public_id>/", stock_api.ReservationDetail.as_view(),
        name="stock-reservation-detail",
    ),
    path(
        "stock-reservations/<public_id:public_id>/release/", stock_api.ReservationRelease.as_view(),
        name="stock-reservation-release",
    ),
    path("stock-inbound/", stock_api.InboundList.as_view(), name="stock-inbound-list"),
    path("stock-inbound/<public_id:public_id>/", stock_api.InboundDetail.as_view(), name="stock-inbound-detail"),
    path(
        "stock-inbound/<public_id:public_id>/receive/", stock_api.InboundReceipt.as_view(),
        name="stock-inbound-receive",
    ),
    path(
        "stock-inbound/<public_id:public_id>/cancel/", stock_api.InboundCancellation.as_view(),
        name="stock-inbound-cancel",
    ),
]  # fmt: skip
_reviews_api = [
    path("table-reviews/", reviews_api.TableReviews.as_view(), name="table-review-list"),
    path("table-reviews/done/", reviews_api.TableReviewDone.as_view(), name="table-review-done"),
]
api_urlpatterns = [*_items_api, *_terms_api, *_stock_api, *_reviews_api]
