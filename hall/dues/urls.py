"""Addresses of dues. They hold row ids and months, never anything about a person."""

from django.urls import path

from hall.dues.views import assessing, bill, board, mine, report

app_name = "dues"
urlpatterns = [
    path("", board.bills, name="bills"),
    path("issue/", board.issue, name="issue"),
    path("payments/", board.payments, name="payments"),
    path("bills/<int:pk>/", bill.bill, name="bill"),
    path("bills/<int:pk>/payment/", bill.payment, name="payment"),
    path("bills/<int:pk>/withdrawal/", bill.withdrawal, name="withdrawal"),
    path("payments/<int:pk>/refund/", bill.refund, name="refund"),
    path("assessments/", assessing.assessments, name="assessments"),
    path("assessments/template/", assessing.template, name="template"),
    path("assessments/sheets/", assessing.sheets, name="sheets"),
    path("assessments/sheets/<uuid:pk>/", assessing.sheet, name="sheet"),
    path("assessments/<uuid:pk>/", assessing.assessment, name="assessment"),
    path("members/<uuid:pk>/", mine.account, name="account"),
    path("mine/", mine.mine, name="mine"),
    path("collection/", report.collection, name="collection"),
    path("collection/publication/", report.publication, name="publication"),
]
