"""The SMTP server of the benchmark, over a real connection."""

import asyncio
import smtplib
import time
from pathlib import Path

import pytest

from deploy.bench.pipeline.mail_server import open_sink
from deploy.bench.pipeline.mails import Mail, MailReader
from tests.support.waiting import until

MAIL = b"Message-ID: <%d@host>\r\nX-Binome-Template: mentee_registered\r\n\r\n%s\r\n"


def send(port: int, *bodies: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number, body in enumerate(bodies):
            client.sendmail("a@example.org", [f"{number}@example.org"], MAIL % (number, body))


def is_open(port: int) -> bool:
    try:
        smtplib.SMTP("127.0.0.1", port).close()
    except OSError:
        return False
    return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "logs").mkdir()
    return tmp_path


async def test_each_mail_is_noted_with_its_time(folder: Path) -> None:
    began = time.monotonic()
    mails: list[Mail] = []

    async def all_came() -> bool:
        mails.extend(sink.mails.read())
        return len(mails) == 3

    with open_sink(folder, "test") as sink:
        await until(lambda: asyncio.to_thread(is_open, sink.port))
        await asyncio.to_thread(
            send, sink.port, b"first", b".begins with a dot\r\n.\r\nand ends", b"third"
        )
        await until(all_came)
    assert [mail.recipient for mail in mails] == [f"{n}@example.org" for n in range(3)]
    assert [mail.message_id for mail in mails] == [f"<{n}@host>" for n in range(3)]
    assert {mail.template for mail in mails} == {"mentee_registered"}
    assert began < mails[0].at <= mails[1].at <= mails[2].at < time.monotonic()


def test_a_line_that_is_not_whole_yet_is_read_later(tmp_path: Path) -> None:
    file = tmp_path / "mails.tsv"
    file.write_text("1.5\ta@example.org\t<1>\tx\n2.5\tb@exam")
    reader = MailReader(file)
    assert [mail.at for mail in reader.read()] == [1.5]
    with file.open("a") as more:
        more.write("ple.org\t<2>\t\n")
    assert reader.read() == [Mail(2.5, "b@example.org", "<2>", "")]
    assert reader.read() == []
