"""The addresses of 演示身份. All of them are 404 outside the demo."""

from django.urls import path

from jinbang.people.outside.views import demo

app_name = "outside_demo"

urlpatterns = [
    path(".well-known/openid-configuration", demo.discovery, name="demo_discovery"),
    path("authorize/", demo.authorize, name="demo_authorize"),
    path("token/", demo.token, name="demo_token"),
    path("keys/", demo.keys, name="demo_keys"),
]
