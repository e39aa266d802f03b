"""The addresses of the payment phase."""

from django.urls import path

from jinbang.payment.views import candidate, desk

app_name = "payment"

urlpatterns = [
    path("applications/<uuid:application_id>/order/", candidate.order_of_application, name="order_of_application"),
    path("applications/<uuid:application_id>/withdraw/", candidate.withdraw, name="withdraw"),
    path(
        "applications/<uuid:application_id>/commitment/withdraw/",
        candidate.withdraw_commitment,
        name="withdraw_commitment",
    ),
    path("orders/<uuid:order_id>/", candidate.order, name="order"),
    path("desk/payment/", desk.counter, name="counter"),
    path("desk/payment/day/", desk.day, name="day"),
    path("desk/payment/applications/<uuid:application_id>/", desk.order_at_counter, name="order_at_counter"),
    path("desk/payment/orders/<uuid:order_id>/", desk.order, name="desk_order"),
]
