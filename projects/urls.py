"""Addresses of this room: ideas of citizens, and the patron's own projects."""

from django.urls import URLPattern, path

from projects import views
from projects.copying import views as copying
from projects.files import views as files
from projects.funding import views as funding
from projects.ideas import follow_views, portal_views
from projects.ideas import views as ideas
from projects.measures import views as measures
from projects.planning import views as planning
from projects.released import views as released

app_name = "projects"
urlpatterns: list[URLPattern] = [
    path("networks/<slug:slug>/idea/", ideas.send_to_network, name="send_to_network"),
    path("ideas/", ideas.idea_list, name="ideas"),
    path("ideas/of/<slug:slug>/", ideas.idea_list, name="ideas"),
    path("ideas/of/<slug:slug>/<slug:agency>/", ideas.idea_list, name="ideas"),
    path("ideas/similar/", ideas.similar, name="similar_ideas"),
    path("ideas/send/", ideas.send_idea, name="send_idea"),
    path("ideas/send/<slug:slug>/", ideas.send_idea, name="send_idea"),
    path("ideas/follow/<str:token>/", follow_views.confirm_follow, name="confirm_follow"),
    path("ideas/unfollow/<str:token>/", follow_views.unfollow, name="unfollow_idea"),
    path("ideas/own/<str:token>/", follow_views.own_idea, name="own_idea"),
    path("ideas/<int:pk>/", ideas.idea, name="idea"),
    path("ideas/<int:pk>/picture/", ideas.photo, name="idea_photo"),
    path("ideas/<int:pk>/follow/", follow_views.follow, name="follow_idea"),
    path("portal/ideas/", portal_views.my_ideas, name="my_ideas"),
    path("portal/ideas/<int:pk>/take-up/", portal_views.take_up, name="take_up_idea"),
    path("portal/projects/", views.projects, name="list"),
    path("portal/projects/add/", views.add, name="add"),
    path("portal/projects/<int:pk>/", views.detail, name="detail"),
    path("portal/projects/<int:pk>/change/", views.change, name="change"),
    path("portal/projects/<int:pk>/move/", views.move, name="move"),
    path("portal/projects/<int:pk>/propose/", views.propose, name="propose"),
    path("portal/projects/copy/", copying.copy, name="copy"),
    path("portal/projects/<int:pk>/plan/", planning.plan, name="plan"),
    path("portal/projects/<int:pk>/milestones/add/", planning.add_row, {"kind": "milestone"}, name="add_milestone"),
    path("portal/projects/<int:pk>/helpers/add/", planning.add_row, {"kind": "supporter"}, name="add_supporter"),
    path("portal/projects/<int:pk>/costs/add/", planning.add_row, {"kind": "cost"}, name="add_cost"),
    path("portal/projects/<int:pk>/financing/add/", planning.add_row, {"kind": "financing"}, name="add_financing"),
    path("portal/milestones/<int:pk>/", planning.change_row, {"kind": "milestone"}, name="change_milestone"),
    path("portal/milestones/<int:pk>/tick/", planning.tick, name="tick_milestone"),
    path("portal/helpers/<int:pk>/", planning.change_row, {"kind": "supporter"}, name="change_supporter"),
    path("portal/costs/<int:pk>/", planning.change_row, {"kind": "cost"}, name="change_cost"),
    path("portal/financing/<int:pk>/", planning.change_row, {"kind": "financing"}, name="change_financing"),
    path("portal/projects/<int:pk>/files/", files.files, name="files"),
    path("portal/projects/<int:pk>/photos/add/", files.add_photo, name="add_photo"),
    path("portal/projects/<int:pk>/documents/add/", files.add_document, name="add_document"),
    path("portal/photos/<int:pk>/", files.change_photo, name="change_photo"),
    path("portal/photos/<int:pk>/file/", files.own_photo, name="own_photo"),
    path("portal/documents/<int:pk>/", files.change_document, name="change_document"),
    path("portal/documents/<int:pk>/file/", files.own_document, name="own_document"),
    path("desk/project-photos/<int:pk>/", files.desk_photo, name="desk_photo"),
    path("desk/project-documents/<int:pk>/", files.desk_document, name="desk_document"),
    path("projects/", released.released, name="released"),
    path("projects/<int:pk>/", released.released_project, name="released_project"),
    path("savings/<int:pk>/", released.released_saving, name="released_saving"),
    path("projects/photos/<int:pk>/", files.public_photo, name="public_photo"),
    path("projects/documents/<int:pk>/", files.public_document, name="public_document"),
    path("portal/projects/<int:pk>/funding/", funding.find, name="funding"),
    path("portal/applications/<int:pk>/", funding.application, name="application"),
    path("portal/applications/<int:pk>/hand-in/", funding.hand_in, name="hand_in"),
    path("portal/applications/<int:pk>/discard/", funding.discard, name="discard_draft"),
    path("portal/applications/<int:pk>/documents/add/", funding.add_document, name="need_document"),
    path("portal/application-documents/<int:pk>/tick/", funding.tick, name="tick_document"),
    path("portal/application-documents/<int:pk>/attach/", funding.attach, name="attach_file"),
    path("portal/application-documents/<int:pk>/file/", funding.own_document_file, name="own_document_file"),
    path("portal/projects/<int:pk>/measures/add/", measures.add_measure, name="add_measure"),
    path("portal/measures/<int:pk>/", measures.change_measure, name="change_measure"),
    path("portal/measures/<int:pk>/done/", measures.finish_measure, name="finish_measure"),
    path("portal/measures/<int:pk>/drop/", measures.drop_measure, name="drop_measure"),
    path("application-documents/<int:pk>/file/", funding.document_file, name="document_file"),
    path("portal/savings/<int:pk>/", measures.saving, name="saving"),
]
