"""The table of what every office may do: permissions, roles and the policy between them.

A permission is ``<subject>:<verb>``. The doors to it are in :mod:`archive.access`.
"""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """Everything that can be permitted."""

    PLAN_PROPOSE = "plan:propose"
    PLAN_APPROVE = "plan:approve"
    BOOK_READ = "book:read"
    BOOK_REQUEST = "book:request"
    BOOK_ISSUE = "book:issue"
    BOOK_RECEIVE = "book:receive"
    BOOK_HAND_OVER = "book:hand-over"
    BOOK_RECORD_USE = "book:record-use"
    STUB_HAND_IN = "stub:hand-in"
    VOLUME_READ = "volume:read"
    VOLUME_BIND = "volume:bind"
    VOLUME_SIGN = "volume:sign"
    VOLUME_SEAL = "volume:seal"
    VOLUME_SUBMIT = "volume:submit"
    VOLUME_VERIFY = "volume:verify"
    SCAN_RECEIVE = "scan:receive"
    SCAN_SETTLE = "scan:settle"
    GATE_EXCEPT = "gate:except"
    FILE_PLAN_READ = "file-plan:read"
    FILE_PLAN_ADOPT = "file-plan:adopt"
    CODE_ASSIGN = "code:assign"
    RECORD_READ = "record:read"
    RECORD_READ_SENSITIVE = "record:read-sensitive"
    RECORD_FILE = "record:file"
    PAPER_KEEP = "paper:keep"
    STOCKTAKE_OPEN = "stocktake:open"
    STOCKTAKE_COUNT = "stocktake:count"
    LOAN_REQUEST = "loan:request"
    LOAN_APPROVE = "loan:approve"
    PAIR_COMPARE = "pair:compare"
    DELIVERY_RECEIVE = "delivery:receive"
    CUSTOMER_READ = "customer:read"
    CUSTOMER_KEEP = "customer:keep"
    CUSTOMER_REVEAL = "customer:reveal"
    SPECIAL_KEEP = "special:keep"
    SPECIAL_COUNT = "special:count"
    EXPECTED_READ = "expected:read"
    EXPECTED_SETTLE = "expected:settle"
    EXPECTED_ARRANGE = "expected:arrange"
    REGISTER_IMPORT = "register:import"
    RETENTION_READ = "retention:read"
    RETENTION_DATE = "retention:date"
    HOLD_PLACE = "hold:place"
    HOLD_LIFT = "hold:lift"
    APPRAISAL_PROPOSE = "appraisal:propose"
    APPRAISAL_JUDGE = "appraisal:judge"
    DESTRUCTION_PROPOSE = "destruction:propose"
    DESTRUCTION_SIGN = "destruction:sign"
    DESTRUCTION_APPROVE = "destruction:approve"
    DESTRUCTION_EXECUTE = "destruction:execute"
    DESTRUCTION_WITNESS = "destruction:witness"
    BACKUP_KEEP = "backup:keep"
    TRAIL_READ = "trail:read"
    OPENED_READ = "opened:read"
    PERSON_READ = "person:read"
    PERSON_APPOINT = "person:appoint"
    SETTINGS_EDIT = "settings:edit"


class Role(StrEnum):
    """Offices a person can be appointed to."""

    ARCHIVIST = "archivist"  # 档案员
    CUSTODIAN = "custodian"  # 票据保管员
    COLLECTOR = "collector"  # 收费员
    STATION_HEAD = "station-head"  # 所长
    FINANCE = "finance"  # 公司财务
    LEADER = "leader"  # 公司领导
    STAFF = "staff"  # 工作人员
    CARE = "care"  # 特殊客户专责
    ARCHIVES = "archives"  # 公司档案部门经办人
    ARCHIVES_HEAD = "archives-head"  # 公司档案部门负责人
    FINANCE_HEAD = "finance-head"  # 公司财务部门负责人
    AUDIT_OFFICE = "audit-office"  # 公司审计部门
    DISCIPLINE = "discipline"  # 公司纪检监察部门
    INFORMATION = "information"  # 公司信息部门
    AUDITOR = "auditor"  # 安全审计员
    ADMINISTRATOR = "administrator"  # 系统管理员
    SCANNER = "scanner"  # the watched folder; nobody is appointed to it


_P = Permission

POLICY: Mapping[Role, frozenset[Permission]] = {
    Role.ARCHIVIST: frozenset(
        {
            _P.BOOK_READ,
            _P.VOLUME_READ,
            _P.SCAN_RECEIVE,
            _P.SCAN_SETTLE,
            _P.FILE_PLAN_READ,
            _P.FILE_PLAN_ADOPT,
            _P.CODE_ASSIGN,
            _P.RECORD_READ,
            _P.RECORD_READ_SENSITIVE,
            _P.RECORD_FILE,
            _P.PAPER_KEEP,
            _P.STOCKTAKE_OPEN,
            _P.STOCKTAKE_COUNT,
            _P.LOAN_REQUEST,
            _P.PAIR_COMPARE,
            _P.DELIVERY_RECEIVE,
            _P.CUSTOMER_READ,
            _P.CUSTOMER_KEEP,
            _P.CUSTOMER_REVEAL,
            _P.EXPECTED_READ,
            _P.EXPECTED_SETTLE,
            _P.REGISTER_IMPORT,
            _P.RETENTION_READ,
            _P.RETENTION_DATE,
            _P.HOLD_PLACE,
            _P.APPRAISAL_PROPOSE,
            _P.DESTRUCTION_PROPOSE,
            _P.DESTRUCTION_EXECUTE,
        }
    ),
    Role.CUSTODIAN: frozenset(
        {
            _P.PLAN_PROPOSE,
            _P.BOOK_READ,
            _P.BOOK_REQUEST,
            _P.BOOK_RECEIVE,
            _P.BOOK_HAND_OVER,
            _P.STUB_HAND_IN,
            _P.VOLUME_READ,
            _P.VOLUME_BIND,
            _P.VOLUME_SUBMIT,
            _P.SCAN_RECEIVE,
            _P.SCAN_SETTLE,
            _P.FILE_PLAN_READ,
        }
    ),
    Role.COLLECTOR: frozenset(
        {
            _P.BOOK_READ,
            _P.BOOK_RECEIVE,
            _P.BOOK_HAND_OVER,
            _P.BOOK_RECORD_USE,
            _P.VOLUME_READ,
            _P.VOLUME_SIGN,
            _P.FILE_PLAN_READ,
        }
    ),
    Role.STATION_HEAD: frozenset(
        {
            _P.BOOK_READ,
            _P.VOLUME_READ,
            _P.VOLUME_SEAL,
            _P.FILE_PLAN_READ,
            _P.RECORD_READ,
            _P.RECORD_READ_SENSITIVE,
            _P.STOCKTAKE_OPEN,
            _P.STOCKTAKE_COUNT,
            _P.LOAN_REQUEST,
            _P.LOAN_APPROVE,
            _P.PAIR_COMPARE,
            _P.PERSON_READ,
            _P.CUSTOMER_READ,
            _P.CUSTOMER_REVEAL,
            _P.OPENED_READ,
            _P.SPECIAL_COUNT,
            _P.EXPECTED_READ,
            _P.EXPECTED_ARRANGE,
            _P.RETENTION_READ,
            _P.HOLD_PLACE,
            _P.HOLD_LIFT,
            _P.APPRAISAL_JUDGE,
        }
    ),
    Role.FINANCE: frozenset(
        {
            _P.PLAN_APPROVE,
            _P.BOOK_READ,
            _P.BOOK_ISSUE,
            _P.VOLUME_READ,
            _P.VOLUME_VERIFY,
            _P.SCAN_SETTLE,
            _P.FILE_PLAN_READ,
            _P.RECORD_READ,
            _P.LOAN_REQUEST,
            _P.RETENTION_READ,
            _P.HOLD_PLACE,
            _P.APPRAISAL_JUDGE,
            _P.DESTRUCTION_SIGN,
            _P.DESTRUCTION_WITNESS,
        }
    ),
    Role.LEADER: frozenset(
        {
            _P.BOOK_READ,
            _P.VOLUME_READ,
            _P.GATE_EXCEPT,
            _P.FILE_PLAN_READ,
            _P.FILE_PLAN_ADOPT,
            _P.RECORD_READ,
            _P.LOAN_REQUEST,
            _P.PERSON_READ,
            _P.EXPECTED_READ,
            _P.RETENTION_READ,
            _P.HOLD_PLACE,
            _P.HOLD_LIFT,
            _P.DESTRUCTION_APPROVE,
        }
    ),
    Role.STAFF: frozenset(
        {
            _P.FILE_PLAN_READ,
            _P.RECORD_READ,
            _P.PAIR_COMPARE,
            _P.STOCKTAKE_COUNT,
            _P.LOAN_REQUEST,
            _P.CUSTOMER_READ,
            _P.CUSTOMER_REVEAL,
            _P.EXPECTED_READ,
        }
    ),
    Role.CARE: frozenset({_P.SPECIAL_KEEP}),
    Role.ARCHIVES: frozenset(
        {
            _P.FILE_PLAN_READ,
            _P.RECORD_READ,
            _P.RECORD_READ_SENSITIVE,
            _P.EXPECTED_READ,
            _P.RETENTION_READ,
            _P.RETENTION_DATE,
            _P.HOLD_PLACE,
            _P.APPRAISAL_PROPOSE,
            _P.APPRAISAL_JUDGE,
            _P.DESTRUCTION_PROPOSE,
            _P.DESTRUCTION_SIGN,
            _P.DESTRUCTION_EXECUTE,
            _P.DESTRUCTION_WITNESS,
        }
    ),
    Role.ARCHIVES_HEAD: frozenset(
        {
            _P.FILE_PLAN_READ,
            _P.FILE_PLAN_ADOPT,
            _P.RECORD_READ,
            _P.RECORD_READ_SENSITIVE,
            _P.EXPECTED_READ,
            _P.RETENTION_READ,
            _P.HOLD_PLACE,
            _P.HOLD_LIFT,
            _P.APPRAISAL_JUDGE,
            _P.DESTRUCTION_SIGN,
            _P.DESTRUCTION_WITNESS,
        }
    ),
    Role.FINANCE_HEAD: frozenset(
        {
            _P.BOOK_READ,
            _P.VOLUME_READ,
            _P.FILE_PLAN_READ,
            _P.RECORD_READ,
            _P.RETENTION_READ,
            _P.HOLD_PLACE,
            _P.HOLD_LIFT,
            _P.APPRAISAL_JUDGE,
            _P.DESTRUCTION_SIGN,
            _P.DESTRUCTION_WITNESS,
        }
    ),
    Role.AUDIT_OFFICE: frozenset(
        {
            _P.RECORD_READ,
            _P.RETENTION_READ,
            _P.HOLD_PLACE,
            _P.HOLD_LIFT,
            _P.APPRAISAL_JUDGE,
            _P.DESTRUCTION_WITNESS,
        }
    ),
    Role.DISCIPLINE: frozenset(
        {
            _P.RECORD_READ,
            _P.RETENTION_READ,
            _P.HOLD_PLACE,
            _P.HOLD_LIFT,
            _P.APPRAISAL_JUDGE,
            _P.DESTRUCTION_WITNESS,
        }
    ),
    Role.INFORMATION: frozenset({_P.RETENTION_READ, _P.DESTRUCTION_WITNESS, _P.BACKUP_KEEP}),
    Role.AUDITOR: frozenset(
        {
            _P.BOOK_READ,
            _P.VOLUME_READ,
            _P.FILE_PLAN_READ,
            _P.RECORD_READ,
            _P.TRAIL_READ,
            _P.OPENED_READ,
            _P.PERSON_READ,
            _P.EXPECTED_READ,
            _P.RETENTION_READ,
        }
    ),
    Role.SCANNER: frozenset({_P.SCAN_RECEIVE, _P.DELIVERY_RECEIVE}),
    Role.ADMINISTRATOR: frozenset({_P.PERSON_READ, _P.PERSON_APPOINT, _P.SETTINGS_EDIT}),
}

COMPANY_ROLES = frozenset(
    {
        Role.FINANCE,
        Role.FINANCE_HEAD,
        Role.LEADER,
        Role.ARCHIVES,
        Role.ARCHIVES_HEAD,
        Role.AUDIT_OFFICE,
        Role.DISCIPLINE,
        Role.INFORMATION,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
        Role.SCANNER,
    }
)
"""Offices of the company; they reach every station. The others are of one station."""
