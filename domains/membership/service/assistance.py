"""Assisted entry: what staff enter for somebody is kept with consent and the helper's name."""

from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.errors import SignInRequired
from domains.membership.errors import HelperIsPerson
from domains.membership.rules import texts
from domains.membership.values import ConsentForm

_ASSIST = """
INSERT INTO membership_assisted_entry
    (id, person_id, helper_id, command, subject_id, consent, note, entered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, kernel_now())
"""


async def assist(
    actor: Actor,
    *,
    person_id: UUID,
    command: str,
    subject_id: UUID,
    consent: ConsentForm,
    note: str = "",
) -> UUID:
    """Keep, in the open transaction, that the actor entered this for the person.

    The command that calls has judged whether the actor may. Raises HelperIsPerson
    where they are one and the same. Never call it for a secret ballot's content:
    the subject is the poll, not the ballot.
    """
    database.require_open_transaction()
    if actor.person_id is None:
        raise SignInRequired
    if actor.person_id == person_id:
        raise HelperIsPerson(path=("input", "personId"))
    note = texts.optional_line(note, path=("input", "note"), longest=200) or ""
    entry_id = database.new_id()
    await database.execute(
        _ASSIST, entry_id, person_id, actor.person_id, command, subject_id, consent, note
    )
    return entry_id
