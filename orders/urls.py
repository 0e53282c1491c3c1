from django.urls import path

from orders.api import acknowledgements as answers
from orders.api import orders as api
from orders.api.papers import OrderPickList, OrderProductionRequest
from orders.api.policies import PolicyList
from orders.api.proposals import OrderProposal
from orders.views import orders as views
from orders.views import papers, policies, questions, sheet

app_name = "orders"

urlpatterns = [
    path("orders/", views.order_list, name="list"),
    path("orders/seen/", views.mark_selected_seen, name="mark_selected_seen"),
    path("orders/export/", views.export_selected, name="export_selected"),
    path("orders/board/", sheet.board, name="board"),
    path("orders/answer/", sheet.sheet, name="answer"),
    path("orders/answer/collect/", sheet.collect, name="collect"),
    path("orders/answer/batches/<public_id:public_id>/", sheet.batch_detail, name="batch"),
    path("orders/answer/batches/<public_id:public_id>/send/", sheet.send_batch, name="send_batch"),
    path("orders/answer/batches/<public_id:public_id>/discard/", sheet.discard_batch, name="discard_batch"),
    path("orders/findings/", views.finding_list, name="findings"),
    path("orders/findings/<public_id:public_id>/", views.finding_detail, name="finding"),
    path("orders/policies/", policies.policy_list, name="policies"),
    path("orders/policies/switch/", policies.switch_policies, name="switch_policies"),
    path("orders/policies/<public_id:public_id>/", policies.policy_detail, name="policy"),
    path("orders/policies/<public_id:public_id>/decide/", policies.set_policy, name="set_policy"),
    path("orders/trials/<public_id:public_id>/", policies.trial_detail, name="trial"),
    path("orders/unmapped/", questions.unmapped_list, name="unmapped_list"),
    path("orders/unmapped/best/", questions.map_best, name="map_best"),
    path("orders/unmapped/<public_id:public_id>/", questions.unmapped_detail, name="unmapped"),
    path("orders/unmapped/<public_id:public_id>/choose/", questions.map_product, name="map_product"),
    path("orders/unmapped/<public_id:public_id>/create/", questions.create_mapped, name="create_mapped"),
    path("orders/cost-differences/", questions.difference_list, name="differences"),
    path("orders/cost-differences/choose/", questions.choose_costs, name="choose_costs"),
    path("orders/cost-differences/<public_id:public_id>/", questions.difference_detail, name="difference"),
    path("orders/cost-differences/<public_id:public_id>/choose/", questions.choose_cost, name="choose_cost"),
    path("orders/<public_id:public_id>/", views.order_detail, name="detail"),
    path("orders/papers/", papers.selected_papers, name="selected_papers"),
    path("orders/papers/<public_id:public_id>/", papers.paper_job, name="paper_job"),
    path("orders/<public_id:public_id>/papers/", papers.order_paper, name="paper"),
    path("orders/adopt/", views.adopt_selected, name="adopt_selected"),
    path("orders/<public_id:public_id>/adopt/", views.adopt, name="adopt"),
    path("orders/<public_id:public_id>/close-short/", views.close_short, name="close_short"),
    path("orders/<public_id:public_id>/answer/", sheet.answer_order, name="answer_order"),
    path("orders/<public_id:public_id>/seen/", views.mark_seen, name="mark_seen"),
    path("orders/<public_id:public_id>/versions/<int:number>/", views.version_detail, name="version"),
    path("orders/<public_id:public_id>/versions/<int:number>/raw/", views.version_raw, name="version_raw"),
]

api_urlpatterns = [
    path("answer-policies/", PolicyList.as_view(), name="answer-policy-list"),
    path("purchase-orders/", api.OrderList.as_view(), name="purchase-order-list"),
    path("purchase-orders/<public_id:public_id>/", api.OrderDetail.as_view(), name="purchase-order-detail"),
    path(
        "purchase-orders/<public_id:public_id>/close-short/",
        api.OrderCloseShort.as_view(),
        name="purchase-order-close-short",
    ),
    path("purchase-orders/<public_id:public_id>/adopt/", api.OrderAdopt.as_view(), name="purchase-order-adopt"),
    path("acknowledgements/", answers.AcknowledgementList.as_view(), name="acknowledgement-list"),
    path(
        "acknowledgements/<public_id:public_id>/",
        answers.AcknowledgementDetail.as_view(),
        name="acknowledgement-detail",
    ),
    path("purchase-orders/<public_id:public_id>/history/", api.OrderHistory.as_view(), name="purchase-order-history"),
    path("purchase-orders/<public_id:public_id>/proposal/", OrderProposal.as_view(), name="purchase-order-proposal"),
    path("purchase-orders/<public_id:public_id>/pick-list/", OrderPickList.as_view(), name="purchase-order-pick-list"),
    path(
        "purchase-orders/<public_id:public_id>/production-request/",
        OrderProductionRequest.as_view(),
        name="purchase-order-production-request",
    ),
]
