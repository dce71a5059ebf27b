"""E-mails to text: what the sender wrote, and a list of the rest."""

from __future__ import annotations

import email.policy
from email.message import EmailMessage

import pytest

from making import words_missing
from probqa.errors import ReadingError
from probqa.reading.assembly import Reading
from probqa.reading.formats.eml import read_eml

PAGE = "<p>Rated <s>good</s> poor in 2022<sup>3</sup>.</p>"


def mail(text: str = "It was late.\n", page: str = "") -> EmailMessage:
    message = EmailMessage(policy=email.policy.SMTP)
    message["Subject"] = "Inspection of Ambleton – a letter"
    message["From"] = '"Press, Office" <press@example.org>'
    message["Date"] = "Wed, 19 Apr 2017 23:30:00 -0500"
    message.set_content(text)
    if page:
        message.add_alternative(f"<html><body>{page}</body></html>", subtype="html")
    return message


def pieces(reading: Reading) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in reading.pieces]


def left_out(reading: Reading) -> list[tuple[str, str]]:
    return [
        (removal.reason, removal.text) for removal in reading.removals if removal.reason != "line of the e-mail's head"
    ]


def test_the_subject_is_the_title_and_the_day_is_marked() -> None:
    reading = read_eml(bytes(mail()))
    assert pieces(reading) == [("heading", "Inspection of Ambleton – a letter"), ("paragraph", "It was late.")]
    assert reading.metadata == {
        "title": "Inspection of Ambleton – a letter",
        "publisher": "Press, Office",
        "published": "2017-04-19",
        "published_note": "the day the e-mail was sent",
    }
    assert [removal.text for removal in reading.removals] == [
        'From: "Press, Office" <press@example.org>',
        "Date: Wed, 19 Apr 2017 23:30:00 -0500",
    ]


def test_of_several_forms_the_page_is_read_and_the_plain_one_is_listed() -> None:
    reading = read_eml(bytes(mail("Rated good poor in 20223.", PAGE)))
    assert pieces(reading)[1:] == [("paragraph", "Rated poor in 2022³.")]
    assert left_out(reading) == [
        ("the same message in another form", "Rated good poor in 20223."),
        ("struck out", "good"),
    ]


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("It was late.\n\n> You asked why.\n", ""),
        ("-", "<p>It was late.</p><blockquote type='cite'>You asked why.</blockquote>"),
        ("-", "<p>It was late.</p><blockquote class='x gmail_quote'>You asked why.</blockquote>"),
    ],
)
def test_what_others_wrote_before_is_left_out_and_listed(text: str, page: str) -> None:
    reading = read_eml(bytes(mail(text, page)))
    assert pieces(reading)[1:] == [("paragraph", "It was late.")]
    assert ("quoted from an earlier message", "You asked why.") in left_out(reading)


def test_a_message_that_only_passes_another_on_is_read() -> None:
    assert pieces(read_eml(bytes(mail("> It was late, and\n> nobody knew.\n"))))[1:] == [
        ("paragraph", "It was late, and nobody knew.")
    ]


def test_attachments_are_named_and_not_read() -> None:
    message = mail()
    message.add_attachment(b"Unread.", maintype="application", subtype="pdf", filename="Prüfung.pdf")
    message.add_attachment("Unread too.", filename="notes.txt")
    message.add_attachment(mail("Unread again."))
    reading = read_eml(bytes(message))
    assert pieces(reading)[1:] == [("paragraph", "It was late.")]
    assert left_out(reading) == [
        ("attachment that is not read", "Prüfung.pdf (application/pdf)"),
        ("attachment that is not read", "notes.txt (text/plain)"),
        ("attached message that is not read", "Inspection of Ambleton – a letter"),
    ]


@pytest.mark.parametrize(
    ("charset", "body", "shown"),
    [
        ("iso-8859-1", b"It cost \x80 5 \x96 not more.", "It cost € 5 – not more."),
        ("us-ascii", "It cost € 5.".encode(), "It cost € 5."),
        ("iso-2022-jp", "It was 良い.".encode("iso-2022-jp"), "It was 良い."),
        ("no-such-charset", b"It cost \x80 5.", "It cost € 5."),
    ],
)
def test_text_is_decoded_as_mail_programs_do(charset: str, body: bytes, shown: str) -> None:
    head = f"From: a@example.org\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    assert pieces(read_eml(head.encode() + body)) == [("paragraph", shown)]


@pytest.mark.parametrize(
    "head", ["Date: 19 Apr 99999999999 10:00:00 +0000", "Date: yesterday", "Subject: =?u\x80f-8?q?x?="]
)
def test_a_line_of_the_head_that_makes_no_sense_loses_nothing_else(head: str) -> None:
    assert pieces(read_eml(f"From: a@example.org\n{head}\n\nIt was late.\n".encode("latin-1")))[-1] == (
        "paragraph",
        "It was late.",
    )


def test_every_word_is_in_the_text_or_in_the_list() -> None:
    text = "Dear Ms A,\n\nIt was late.\n\n> You asked why.\n\n- One\n- Two\n\nLeave a reply\n"
    page = f"<h1>Findings</h1>{PAGE}<table><tr><td>Selby</td><td>Poor</td></tr></table><blockquote type=cite>Why?"
    message = mail(text, page)
    reading = read_eml(bytes(message))
    told = [*(piece.text for piece in reading.pieces), *(removal.text for removal in reading.removals)]
    assert not words_missing(" ".join([text, page.replace("<sup>", ""), str(message["From"])]), [*told, "20223"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Hello there.", "is not an e-mail"),
        (bytes(mail("It was late.", PAGE))[:-20], "is cut off"),
        (b"From: a@example.org\nContent-Type: multipart/encrypted; boundary=x\n\n--x\n\n--x--\n", "is encrypted"),
        (b"From: a@example.org\nContent-Type: application/pkcs7-mime\n\nMIIx", "is encrypted"),
        (bytes(mail("\n")), "holds no text to quote"),
        (b"From: a@example.org\nContent-Type: image/png\n\nx", "holds no text to quote"),
    ],
)
def test_what_is_no_readable_mail_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(ReadingError, match=said):
        read_eml(content)
