"""The address table. Each phase brings its own list; every view in it declares its audience (a house test checks)."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("jinbang.people.outside.urls")),  # before the library's, two of whose pages it replaces
    path("demo-identity/", include("jinbang.people.outside.demo_urls")),  # 404 outside the demo
    path("", include("jinbang.people.urls")),  # before the library's: ours take the place of some of its pages
    path("", include("jinbang.people.verification.urls")),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/3rdparty/", include("allauth.socialaccount.urls")),
    path("", include("jinbang.sittings.urls")),
    path("", include("jinbang.application.urls")),
    path("", include("jinbang.payment.urls")),
    path("", include("jinbang.seating.urls")),
    path("", include("jinbang.attendance.urls")),
    path("", include("jinbang.results.urls")),
    path("", include("jinbang.lookup.urls")),
    path("", include("jinbang.recheck.urls")),
    path("", include("jinbang.messaging.urls")),
    path("", include("jinbang.portal.urls")),
]

handler400 = "jinbang.portal.views.problems.bad_request"
handler403 = "jinbang.portal.views.problems.forbidden"
handler404 = "jinbang.portal.views.problems.not_found"
handler500 = "jinbang.portal.views.problems.fault"
