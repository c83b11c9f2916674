"""A pasted mail is read as mail programs write it, and what is not sure stays empty."""

from datetime import date

import pytest

from communes.mail_text import read_day, read_mail

BODY = "Sehr geehrte Frau Berg,\n\nwir sind dabei.\n\n> Haben Sie schon beraten?"
OUTLOOK_DE = f"""Von: Petra Beispiel <p.beispiel@bingen.example>
Gesendet: Dienstag, 3. März 2026 10:15
An: Berg, Anna <anna.berg@agentur.example>
Cc: Otto Kurz <kurz@bingen.example>;
 rathaus@bingen.example
Betreff: AW: Klimaschutzpat:innen

{BODY}"""
OUTLOOK_EN = f"""-----Original Message-----
From: p.beispiel@bingen.example
Sent: Tuesday, March 3, 2026 10:15 PM
To: anna.berg@agentur.example
Subject: AW: Klimaschutzpat:innen

{BODY}"""
THUNDERBIRD = f"""-------- Weitergeleitete Nachricht --------
Betreff: \tAW: Klimaschutzpat:innen
Datum: \tTue, 3 Mar 2026 23:15:00 +0000
Von: \tPetra Beispiel <p.beispiel@bingen.example>
An: \tAnna Berg <anna.berg@agentur.example>


{BODY}"""
APPLE = f"""> Anfang der weitergeleiteten Nachricht:
>
> *Von: *Petra Beispiel <p.beispiel@bingen.example>
> *Betreff: AW: Klimaschutzpat:innen*
> *Datum: *3. März 2026 um 10:15:22 MEZ
> *An: *anna.berg@agentur.example

{BODY}"""
GMAIL = f"""---------- Forwarded message ---------
From: Petra Beispiel <p.beispiel@bingen.example>
Date: Tue, Mar 3, 2026 at 10:15 AM
Subject: AW: Klimaschutzpat:innen
To: <anna.berg@agentur.example>

{BODY}"""
RAW = f"""Received: from mx.example (mx.example [192.0.2.1]) by mail.example; Tue, 3 Mar 2026 10:15:01 +0100
From: =?utf-8?q?Petra_M=C3=BCller?= <p.beispiel@bingen.example>
To: anna.berg@agentur.example
Subject: =?utf-8?q?AW=3A_Klimaschutzpat=3Ainnen?=
Date: Tue, 3 Mar 2026 10:15:00 +0100
Message-ID: <1@bingen.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

{BODY}"""
NAMES = ["Outlook, German", "Outlook, English", "Thunderbird", "Apple Mail", "Gmail", "raw"]


@pytest.mark.parametrize("text", [OUTLOOK_DE, OUTLOOK_EN, THUNDERBIRD, APPLE, GMAIL, RAW], ids=NAMES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_mails_are_read_as_programs_print_them(text: str, newline: str) -> None:
    mail = read_mail(text.replace("\n", newline))
    assert mail.subject == "AW: Klimaschutzpat:innen"
    assert mail.addresses[:2] == ["p.beispiel@bingen.example", "anna.berg@agentur.example"]
    # Thunderbird's mail was written on the evening of the 3rd in London: here it was the 4th.
    assert mail.on == date(2026, 3, 4 if text is THUNDERBIRD else 3)
    assert mail.body.endswith(BODY)


def test_a_copy_to_others_is_read_over_several_lines() -> None:
    assert read_mail(OUTLOOK_DE).recipients[1:] == ["kurz@bingen.example", "rathaus@bingen.example"]


@pytest.mark.parametrize("text", ["", "Nur ein Gruß.\n\nVon: Herzen", "Betreff: allein", "\x00\ufeff", "Received: x"])
def test_a_text_without_headers_is_no_mail_and_no_error(text: str) -> None:
    mail = read_mail(text)
    assert (mail.sender, mail.on, mail.recipients) == ("", None, [])


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("03.04.2026 10:15", date(2026, 4, 3)),
        ("3.4.26", date(2026, 4, 3)),
        ("2026-04-03T08:00", date(2026, 4, 3)),
        ("04/04/2026", date(2026, 4, 4)),
        ("4/23/2026 10:15 AM", date(2026, 4, 23)),
        ("23/04/2026", date(2026, 4, 23)),
        ("10:15 Uhr, 3. Mai 2026", date(2026, 5, 3)),
        ("03/04/2026", None),
        ("31.02.2026", None),
        ("3. Marktplatz 2026", None),
        ("01.01.2999", None),
        ("01.01.0001", None),
        ("Tue, 99 Mar 2026 10:15:00 +0100", None),
        ("gestern", None),
        ("", None),
    ],
)
def test_a_day_is_believed_only_where_it_is_sure(written: str, day: date | None) -> None:
    assert read_day(written) == day
