"""What people do with cases."""

from zagumi.platform.cases.services.cases import (
    FLOW,
    advance,
    edit_case,
    expect_end,
    lose_case,
    record_answer,
    register_buyer,
    register_case,
    reopen_case,
)
from zagumi.platform.cases.services.files import (
    attach_file,
    open_case_file,
    remove_file,
    set_audience,
    settle_note,
    write_note,
)
from zagumi.platform.cases.services.importing import (
    apply_workbook,
    export_workbook,
    import_case_workbook,
    upload_workbook,
)
from zagumi.platform.cases.services.options import (
    answer_option,
    edit_option,
    offer_from_capability,
    offer_option,
    open_costs,
    remove_option,
)
from zagumi.platform.cases.services.restoring import restore
from zagumi.platform.cases.services.routing import (
    add_operation,
    add_part,
    edit_operation,
    edit_part,
    link_operations,
    remove_operation,
    remove_part,
    unlink_operations,
)

__all__ = [
    "FLOW",
    "add_operation",
    "add_part",
    "advance",
    "answer_option",
    "apply_workbook",
    "attach_file",
    "edit_case",
    "edit_operation",
    "edit_option",
    "edit_part",
    "expect_end",
    "export_workbook",
    "import_case_workbook",
    "link_operations",
    "lose_case",
    "offer_from_capability",
    "offer_option",
    "open_case_file",
    "open_costs",
    "record_answer",
    "register_buyer",
    "register_case",
    "remove_file",
    "remove_operation",
    "remove_option",
    "remove_part",
    "reopen_case",
    "restore",
    "set_audience",
    "settle_note",
    "unlink_operations",
    "upload_workbook",
    "write_note",
]
