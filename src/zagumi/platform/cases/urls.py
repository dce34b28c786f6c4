"""Addresses of cases."""

from django.urls import path

from zagumi.platform.cases.views import case, files, importing, lists, registering, routing

app_name = "cases"

urlpatterns = [
    path("cases/", lists.board, name="board"),
    path("cases/list/", lists.case_list, name="list"),
    path("cases/new/", registering.case_new, name="case-new"),
    path("cases/new/doubles/", registering.doubles, name="case-doubles"),
    path("cases/import/", importing.case_import, name="case-import"),
    path("cases/import/template.xlsx", importing.template, name="case-template"),
    path("cases/import/<str:code>/", importing.import_preview, name="import-preview"),
    path("cases/import/<str:code>/apply/", importing.import_apply, name="import-apply"),
    path("cases/import/<str:code>/marked.xlsx", importing.import_marked, name="import-marked"),
    path("cases/<str:code>/", case.case, name="case"),
    path("cases/<str:code>/edit/", registering.case_edit, name="case-edit"),
    path("cases/<str:code>/move/", lists.move, name="case-move"),
    path("cases/<str:code>/lose/", case.lose, name="case-lose"),
    path("cases/<str:code>/reopen/", case.reopen, name="case-reopen"),
    path("cases/<str:code>/answered/", case.answer_buyer, name="case-answered"),
    path("cases/<str:code>/costs/", case.costs, name="case-costs"),
    path("cases/<str:code>/export/", importing.export, name="case-export"),
    path("cases/<str:code>/notes/", case.note, name="note"),
    path("cases/<str:code>/notes/<int:key>/settle/", case.settle, name="note-settle"),
    path("cases/<str:code>/history/", case.history, name="case-history"),
    path("cases/<str:code>/restore/<slug:kind>/<int:key>/", case.restore, name="restore"),
    path("cases/<str:code>/files/", files.case_files, name="case-files"),
    path("cases/<str:code>/files/new/", files.file_add, name="file-new"),
    path("cases/<str:code>/files/<str:file>/", files.file_open, name="file"),
    path("cases/<str:code>/files/<str:replaces>/revision/", files.file_add, name="file-revision"),
    path("cases/<str:code>/files/<str:file>/remove/", files.file_remove, name="file-remove"),
    path("cases/<str:code>/files/<str:file>/audience/", files.file_audience, name="file-audience"),
    path("cases/<str:code>/parts/new/", routing.part, name="part-new"),
    path("cases/<str:code>/parts/<str:letter>/", routing.part, name="part"),
    path("cases/<str:code>/parts/<str:letter>/remove/", routing.part_remove, name="part-remove"),
    path("cases/<str:code>/steps/", case.steps, name="case-steps"),
    path("cases/<str:code>/steps/new/", routing.operation_new, name="operation-new"),
    path("cases/<str:code>/steps/<int:number>/", routing.operation, name="operation"),
    path("cases/<str:code>/steps/<int:number>/edit/", routing.operation_edit, name="operation-edit"),
    path("cases/<str:code>/steps/<int:number>/remove/", routing.operation_remove, name="operation-remove"),
    path("cases/<str:code>/steps/<int:number>/options/new/", routing.option_new, name="option-new"),
    path("cases/<str:code>/steps/<int:number>/options/<str:machine>/", routing.option_answer, name="option"),
    path("cases/<str:code>/steps/<int:number>/options/<str:machine>/ask/", routing.option_ask, name="option-ask"),
    path(
        "cases/<str:code>/steps/<int:number>/options/<str:machine>/remove/", routing.option_remove, name="option-remove"
    ),
]
