"""One door into a transaction, and permission is asked at its threshold."""

import ast

import pytest

from tests.house_rules.code import Module, modules

DOOR = "archive.system"
INDEXES = {"archive.search.tantivy_index", "archive.search.whoosh_index"}
"""What they commit is the copy of words beside the rows, and no transaction of ours."""

COMMITTING = {"commit", "rollback", "begin_nested", "sessionmaker", "Session"}

VERBS = [
    module
    for module in modules("archive")
    if ".actions" in module.name and not module.name.endswith("actions.__init__")
]

ASK_FOR_THEMSELVES = {
    "_active_entry",
    "_at_desk",
    "_decide",
    "_kept_box",
    "_on_desk",
    "_open_draft",
    "_own_draft",
    "_settled",
    "locked_batch",
}
"""Shared beginnings of verbs, which ask ``tx.require`` in their turn."""

ASK_NOBODY = {
    "sign_in": "nobody is signed in yet",
    "sign_out": "everybody may end his own sign-in",
    "confirm_password": "the actor's own password, before a verb goes on",
    "change_password": "the actor's own password",
    "choose_language": "the actor's own choice",
    "appointments_of": "a read that verbs and queries share",
    "actor_by_token": "finds out who the actor is",
    "actor_of": "finds out who the actor is",
    "decline_handover": "bound to the person it was offered to, who may always say no",
    "withdraw_handover": "bound to the person who offered",
    "open_handover": "a read that verbs and queries share",
    "open_verification": "a read that verbs and queries share",
    "unbound_entries": "a read that verbs and queries share",
    "runs_of": "a read that verbs and queries share",
    "check_signature": "a rule over what a verb has locked",
    "check_verifier": "a rule over what a verb has locked",
    "entries_of": "a part of binding, which asks",
    "voids_in": "a part of binding, which asks",
    "drafted": "a part of binding, which asks",
    "hold": "a part of binding, which asks",
    "volume_changed": "follows from a verb, which asked",
    "void_acceptance": "follows from a verb, which asked",
    "stop_import": "the program itself, when the work cannot go on",
}
"""Public functions over a transaction that ask no permission, and why."""


def public_verbs() -> list[tuple[Module, ast.FunctionDef]]:
    return [
        (module, node)
        for module in VERBS
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and node.args.args
        and node.args.args[0].arg == "tx"
    ]


def asks(module: Module, statement: ast.stmt) -> bool:
    return any(
        name == "tx.require" or name in ASK_FOR_THEMSELVES for name, _ in module.calls(statement)
    )


def test_only_the_door_opens_a_session_and_nothing_else_commits():
    offenders = [
        f"{module.at(call)} calls {name}: open a transaction through System.transaction"
        for module in modules()
        if module.name not in {DOOR, *INDEXES}
        for name, call in module.calls()
        if name.split(".")[-1] in COMMITTING
    ]
    assert offenders == []


CHANGING = ("tx.add", "tx.record", "tx.promise", ".take(", "session.execute", "session.add")
SOON = 4
"""Statements of a verb within which it asks; those before only fetch what it asks about."""


def fault(module: Module, verb: ast.FunctionDef) -> str:
    """What is wrong with the beginning of a verb."""
    asking = [at for at, statement in enumerate(verb.body[1:]) if asks(module, statement)]
    if verb.name in ASK_NOBODY:
        return "asks after all: take it off the list" if asking else ""
    if not ast.get_docstring(verb):
        return "a verb says what the caller gets"
    if not asking or asking[0] >= SOON:
        return "tx.require(…) stands among the first statements of a verb"
    before = [ast.unparse(statement) for statement in verb.body[1 : asking[0] + 1]]
    changes = any(word in text for text in before for word in CHANGING)
    return "changes something before it asks" if changes else ""


def test_a_verb_asks_permission_before_it_changes_anything():
    faults = {
        f"{module.at(verb)} {verb.name}": fault(module, verb) for module, verb in public_verbs()
    }
    assert {place: said for place, said in faults.items() if said} == {}
    assert len(faults) > 40


GIVEN_WORDS = {"reason", "reasons", "opinion", "note", "remark"}
READS_REASONS = {"reason_in", "says_something"}


def test_a_reason_that_must_be_given_is_read_in_the_one_way():
    """Words without a default are needed; ``archive.reason`` says what is a reason."""
    needed = {
        f"{module.at(verb)} {verb.name}": verb
        for module, verb in public_verbs()
        if module.name.startswith(("archive.custody", "archive.holdings"))
        and verb.name not in ASK_NOBODY
        for word, default in zip(verb.args.kwonlyargs, verb.args.kw_defaults, strict=True)
        if default is None and word.arg in GIVEN_WORDS
    }
    assert len(needed) > 4
    unread = [
        place
        for place, verb in needed.items()
        if not READS_REASONS
        & {ast.unparse(n.func) for n in ast.walk(verb) if isinstance(n, ast.Call)}
    ]
    assert unread == []


def test_the_list_of_those_who_ask_nobody_names_only_what_exists():
    assert set(ASK_NOBODY) <= {verb.name for _, verb in public_verbs()}


@pytest.mark.parametrize("name", sorted(ASK_FOR_THEMSELVES))
def test_a_shared_beginning_asks_in_its_turn(name: str):
    found = [(module, node) for module in VERBS for node in module.functions() if node.name == name]
    assert found
    for module, node in found:
        assert any(called == "tx.require" for called, _ in module.calls(node)), module.at(node)


def test_a_state_changes_only_by_its_workflow():
    """``thing.state = …`` anywhere else would pass the table by."""
    allowed = {
        "archive.workflow": "take",
        "archive.custody.actions.books": "hand-overs",
        "archive.holdings.pair": "facts",
    }
    offenders = [
        module.at(node)
        for module in modules("archive")
        if module.name not in allowed
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for part in ast.walk(target)
        if isinstance(part, ast.Attribute)
        and part.attr == "state"
        and isinstance(part.ctx, ast.Store)
    ]
    assert offenders == []
