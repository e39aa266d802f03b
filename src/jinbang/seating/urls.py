"""The addresses of seating."""

from django.urls import path

from jinbang.seating.views import candidate, desk, public

app_name = "seating"

urlpatterns = [
    path("exams/<slug:code>/seating/", public.draws, name="draws"),
    path("exams/<slug:code>/seating/<slug:authority_code>.json", public.draw_file, name="draw_file"),
    path("me/tickets/", candidate.ticket_list, name="ticket_list"),
    path("me/tickets/<uuid:ticket_id>/", candidate.ticket, name="ticket"),
    path("tickets/<uuid:ticket_id>.pdf", candidate.ticket_pdf, name="ticket_pdf"),
    path("desk/seating/", desk.region_list, name="desk_regions"),
    path("desk/seating/<uuid:region_id>/", desk.region, name="desk_region"),
    path("desk/seating/<uuid:region_id>/commit/", desk.commit, name="desk_commit"),
    path("desk/seating/<uuid:region_id>/rooms/", desk.prepare, name="desk_prepare"),
    path("desk/seating/<uuid:region_id>/draw/", desk.draw, name="desk_draw"),
    path("desk/seating/<uuid:region_id>/publish/", desk.publish, name="desk_publish"),
    path("desk/seating/<uuid:region_id>/names/", desk.names, name="desk_names"),
    path("desk/seating/rooms/<uuid:room_id>/<uuid:session_id>/", desk.room, name="desk_room"),
    path("desk/seating/rooms/<uuid:room_id>/<uuid:session_id>.pdf", desk.room_pdf, name="desk_room_pdf"),
    path("desk/seating/tickets/<uuid:ticket_id>.pdf", desk.ticket_pdf, name="desk_ticket_pdf"),
]
