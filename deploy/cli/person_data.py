"""A person's data: found, exported and corrected by the operator."""

from dataclasses import replace
from uuid import UUID

from deploy.cli.operator_tools import operator_tools
from services.registration.store import AccessLog, OwnData, People
from services.registration.store.own_data import Subject
from services.registration.use_cases.erase_person import AskedBy
from services.registration.use_cases.exercise_rights import find_by_contact
from services.registration.use_cases.export_person import PersonData, ask_others, read_own
from services.registration.use_cases.vault_provider import vault
from shared.persistence.batch import Connection
from shared.service.user_error import UserError

OPERATOR: AskedBy = "operator"


async def find_people(contact: str) -> list[Subject]:
    """Everybody under a mail address or mobile number. Raises UserError for what is neither."""
    async with operator_tools() as tools, tools.transactions.begin() as tx:
        try:
            return await find_by_contact(contact, tx)
        except ValueError:
            raise UserError("Ni une adresse mail, ni un numéro de mobile.") from None


async def export_person(subject: UUID) -> PersonData:
    """Everything that all services hold; `missing` names those that did not reply.

    Raises UserError for somebody unknown or erased.
    """
    async with operator_tools() as tools:
        async with tools.transactions.begin() as tx:
            own = await read_own(await find_subject(subject, tx.connection), OPERATOR, tx)
        if own is None:
            raise UserError("Cette personne est effacée.")
        return await ask_others(own, tools.rpc_client.call)


async def correct_identity(subject: UUID, first: str, last: str) -> None:
    """Change both names, where not empty. Raises UserError for somebody unknown or erased."""
    async with operator_tools() as tools, tools.transactions.begin() as tx:
        known = await find_subject(subject, tx.connection)
        people = People(tx.connection, vault())
        opened = await people.open(known.person_id)
        if opened is None:
            raise UserError("Cette personne est effacée.")
        identity = replace(
            opened[0],
            first_name=first or opened[0].first_name,
            last_name=last or opened[0].last_name,
        )
        await people.change_identity(known.person_id, known.side, identity)
        ledger = AccessLog(tx.connection)
        await ledger.write(tx.now, OPERATOR, known.person_id, "identity", "correction")


async def find_subject(subject: UUID, connection: Connection) -> Subject:
    """The person behind the id of a person or of a request. Raises UserError for an unknown one."""
    data = await OwnData(connection).find(subject)
    if data is None:
        raise UserError("Personne n'est connu sous cet identifiant (binome person find).")
    return data
