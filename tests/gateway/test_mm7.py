"""The MM7 door: what goes out, what is made of each answer, and what is pushed in."""

from __future__ import annotations

import email.parser
import email.policy
from collections.abc import Mapping
from typing import Any

import httpx2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from mmspack.bundle.bundle import pack
from mmspack.errors import ConfigError, InputError, ParameterError
from mmspack.gateway import Gateway, Retry
from mmspack.gateway.listener.listening import Listener
from mmspack.gateway.mm7.codes import STATUSES, status_of
from mmspack.gateway.mm7.door import MM7
from mmspack.gateway.mm7.outcomes import TABLE, classify
from mmspack.gateway.mm7.pushes import read_push
from mmspack.gateway.mm7.soap import ENVELOPE, NAMESPACE, read_soap
from mmspack.gateway.observed import Observed
from mmspack.model import Part
from mmspack.outcome import Result
from mmspack.sandbox import MODES, Sandbox
from tests.gateway.raw_gateway import RawGateway, replies
from tests.gateway.rows import FROM, IMPATIENT, NETWORK, PATIENT, SMIL, TO, Case, a_bundle, attempt, prove
from tests.waiting import until

XML = "Content-Type: text/xml; charset=utf-8"
OLD = "http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/REL-5-MM7-1-2"


def answer(
    kind: str, status: int | str, identifier: str = "", prefix: str = "m:", details: str = ""
) -> bytes:
    """An answer as other programs write it: in another namespace, with another prefix, indented."""
    p = prefix
    own = f'xmlns{":" + p[:-1] if p else ""}="{OLD}"'
    id_ = f"<{p}MessageID>{identifier}</{p}MessageID>" if identifier else ""
    more = f"<{p}Details>{details}</{p}Details>" if details else ""
    return f"""<?xml version="1.0"?>
<!-- a comment -->
<s:Envelope xmlns:s="{ENVELOPE}">
 <s:Header><{p}TransactionID {own} s:mustUnderstand="1">t1</{p}TransactionID></s:Header>
 <s:Body><{p}{kind} {own}>
  <{p}MM7Version>5.3.0</{p}MM7Version>
  <{p}Status><{p}StatusCode> {status} </{p}StatusCode>
   <{p}StatusText>Oh &amp; well</{p}StatusText>{more}</{p}Status>
  {id_}</{p}{kind}></s:Body>
</s:Envelope>""".encode()


def fault(code: str, detail: str = "") -> bytes:
    return f"""<s:Envelope xmlns:s="{ENVELOPE}"><s:Body><s:Fault><faultcode>s:{code}</faultcode>
<faultstring>Not today</faultstring><detail>{detail}</detail></s:Fault></s:Body></s:Envelope>""".encode()


def by_status(number: int) -> tuple[Result, bool, int]:
    """The outcome, whether it is held, and how many copies: the reference's table, said once more."""
    if number == 4006:
        return Result.NOT_SENT, False, 4
    if number in (4001, 4007):
        return Result.ACCOUNT_STOPPED, False, 1
    if number in (1100, 3000, 3500, 3999, 4000, 4100, 4999):
        return Result.UNKNOWN, True, 1
    return Result.REJECTED, False, 1


NUMBERS = [*(n for n in STATUSES if n != 1000), 2500, 2999, 3500, 3999, 4100, 4999]
CASES = (
    *NETWORK,
    Case("an id", replies("200 OK", answer("SubmitRsp", 1000, "m-1"), XML), Result.ACCEPTED),
    Case(
        "an id and no prefix", replies("200 OK", answer("SubmitRsp", 1000, "m-1", ""), XML), Result.ACCEPTED
    ),
    Case("an id with HTTP 500", replies("500 Oh", answer("SubmitRsp", 1000, "m-1"), XML), Result.ACCEPTED),
    Case("a vendor's success", replies("200 OK", answer("SubmitRsp", 1500, "m-1"), XML), Result.ACCEPTED),
    Case("no type", replies("200 OK", answer("SubmitRsp", 1000, "m-1")), Result.ACCEPTED),
    Case("success, no id", replies("200 OK", answer("SubmitRsp", 1000), XML), Result.UNKNOWN, True),
    Case(
        "an id cut off",
        replies("200 OK", answer("SubmitRsp", 1000, "m-1")[:-5], XML, length=9999),
        Result.UNKNOWN,
        True,
    ),
    Case("broken XML", replies("200 OK", answer("SubmitRsp", 1000, "m-1")[:-5], XML), Result.UNKNOWN, True),
    Case("another answer", replies("200 OK", answer("CancelRsp", 1000, "m-1"), XML), Result.UNKNOWN, True),
    Case("no class", replies("200 OK", answer("SubmitRsp", 5000, "m-1"), XML), Result.UNKNOWN, True),
    Case("no number", replies("200 OK", answer("SubmitRsp", "2O02"), XML), Result.UNKNOWN, True),
    *(
        Case(
            f"{kind} {number}, HTTP {http}",
            replies(http, answer(kind, number), XML),
            by_status(number)[0],
            by_status(number)[1],
            number,
            by_status(number)[2],
        )
        for kind, http in (("SubmitRsp", "200 OK"), ("RSErrorRsp", "500 Oh"))
        for number in NUMBERS
    ),
    Case("a fault of ours", replies("500 Oh", fault("Client"), XML), Result.REJECTED),
    Case("a fault of theirs", replies("500 Oh", fault("Server"), XML), Result.UNKNOWN, True),
    Case(
        "a fault with a status",
        replies("200 OK", fault("Server", "<RSErrorRsp><StatusCode>4006</StatusCode></RSErrorRsp>"), XML),
        Result.NOT_SENT,
        code=4006,
        copies=4,
    ),
    Case("401", replies("401 Who", b"login"), Result.ACCOUNT_STOPPED),
    Case("403 with a page", replies("403 No", b"<html>"), Result.ACCOUNT_STOPPED, True),
    Case("429", replies("429 Many", b"busy"), Result.UNKNOWN, True),
)


@pytest.mark.slow
@pytest.mark.parametrize("style", ["sync", "async"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_row_of_the_outcome_table(case: Case, style: str) -> None:
    with RawGateway([case.behave]) as raw:
        outcome = attempt(raw, MM7(), style)
    prove(case, raw, outcome)


def test_the_same_request_goes_out_again_with_the_same_transaction() -> None:
    busy = replies("200 OK", answer("SubmitRsp", 4006), XML)
    with RawGateway([busy, busy, replies("200 OK", answer("SubmitRsp", 1000, "m-9"), XML)]) as raw:
        outcome = attempt(raw, MM7(), "sync")
    assert (outcome.result, outcome.id, outcome.attempts) == (Result.ACCEPTED, "m-9", 3)
    assert raw.received[0] == raw.received[1] == raw.received[2]
    assert outcome.reference.encode() in raw.received[0]


def test_an_answer_before_the_message_was_out_is_not_an_id() -> None:
    early: dict[str, Any] = {"whole": False, "complete": True, "status": 200}
    assert classify(Observed(body=answer("SubmitRsp", 1000, "m"), **early)).result is Result.UNKNOWN
    assert classify(Observed(body=answer("SubmitRsp", 2002), **early)).result is Result.REJECTED
    assert classify(Observed(whole=False, status=503, complete=True)).result is Result.NOT_SENT
    assert (
        classify(Observed(whole=False, fault="connection refused")).summary == "not sent: connection refused"
    )


def test_the_gateways_words_are_told_without_the_password() -> None:
    with RawGateway(
        [replies("200 OK", answer("SubmitRsp", 2004, details="open sesame&amp;more"), XML)]
    ) as raw:
        outcome = attempt(raw, MM7(), "sync")
    assert outcome.reason == "Oh & well: ***"
    assert "content refused" in outcome.summary


@given(st.integers(0, 9999))
def test_an_unlisted_status_counts_as_its_class(number: int) -> None:
    found = status_of(number)
    if number in STATUSES:
        assert found is STATUSES[number]
    else:
        assert found is STATUSES.get(number // 1000 * 1000)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_may_have_been_accepted_is_never_sent_again(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from([answer("SubmitRsp", 1000, "m-1"), fault("Server"), b""])))
    for at in data.draw(st.lists(st.integers(0, max(0, len(body) - 1)), max_size=4)):
        body[at : at + 1] = data.draw(st.binary(max_size=3))
    seen = Observed(
        whole=data.draw(st.booleans()),
        status=data.draw(st.sampled_from([None, 200, 202, 302, 400, 401, 403, 429, 500, 503])),
        body=bytes(body),
        complete=data.draw(st.booleans()),
        type=data.draw(st.sampled_from(["text/xml", 'multipart/related; boundary="x"', "", "\0"])),
    )
    verdict = classify(seen)
    if verdict.retry:
        assert verdict.code == 4006
    if verdict.result is Result.UNKNOWN:
        assert verdict.hold
    if verdict.result is Result.ACCEPTED:
        assert verdict.id
        assert seen.whole
        assert seen.complete


def test_the_last_row_takes_everything() -> None:
    assert TABLE[-1].applies(Observed(whole=True, status=700))


# -- what goes out ---------------------------------------------------------------------------------


def parsed(request: Any) -> tuple[etree._Element, Any]:
    """A request by readers of others: the envelope, and the message's own multipart."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    whole = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body)
    first, second = whole.iter_parts()
    assert whole.get_param("start") == first["Content-ID"]
    assert whole.get_param("type") == first.get_content_type() == "text/xml"
    return etree.fromstring(first.get_payload(decode=True)), second


def asked(door: MM7, **options: Any) -> Any:
    gateway = Gateway("https://mmsc.example.com", user="acme", password="open sesame", door=door)
    return gateway.request(options.pop("bundle", a_bundle()), **{"to": TO, "sender": FROM, **options})


@pytest.mark.parametrize("prefix", ["", "mm7"])
@pytest.mark.parametrize("namespace", [NAMESPACE, OLD])
def test_a_submission_has_the_schemas_order(prefix: str, namespace: str) -> None:
    door = MM7(
        prefix=prefix, namespace=namespace, version="5.3.0", vaspid="v", vasid="s", service_code="b-{note}"
    )
    request = asked(
        door, subject='Fish & chips "£5" שלום', note="n1", deliveryreport=True, readreport=True
    ).write({})
    root, _ = parsed(request)
    header, body = root
    assert (header[0].tag, header[0].text) == (f"{{{namespace}}}TransactionID", "n1")
    assert header[0].get(f"{{{ENVELOPE}}}mustUnderstand") == "1"
    submit = body[0]
    assert submit.prefix == (prefix or None)
    assert [etree.QName(one).localname for one in submit] == [
        *("MM7Version", "SenderIdentification", "Recipients", "ServiceCode", "DeliveryReport", "ReadReply"),
        *("Subject", "Content"),
    ]
    texts = {etree.QName(one).localname: one.text for one in submit.iter() if one.text and one.text.strip()}
    assert texts == {
        "MM7Version": "5.3.0",
        "VASPID": "v",
        "VASID": "s",
        "Number": TO,
        "ServiceCode": "b-n1",
        "DeliveryReport": "true",
        "ReadReply": "true",
        "Subject": 'Fish & chips "£5" שלום',
    }
    assert all(etree.QName(one).namespace == namespace for one in submit.iter())
    assert request.url == "https://mmsc.example.com/mm7"
    assert request.headers["Authorization"] == "Basic YWNtZTpvcGVuIHNlc2FtZQ=="


@pytest.mark.parametrize("subject", ["", "Fish & <chips> \ue000to\ue000", "a\ue000transaction\ue000b", "]]>"])
@pytest.mark.parametrize("code", ["", "{note}", "a & b"])
def test_each_of_a_messages_recipients_has_an_envelope_of_their_own(subject: str, code: str) -> None:
    bundle, numbers = a_bundle(), (TO, "447700900888", "29012345", TO)
    gateway = Gateway("https://mmsc.example.com/", door=MM7(service_code=code, numbers="plus"), sender=FROM)
    for at, number in enumerate(numbers):
        for note in (f"t.{at}", f"<{at}> & so on"):
            request = gateway.request(bundle, to=number, subject=subject, note=note).write({})
            root, message = parsed(request)
            texts = {etree.QName(one).localname: one.text for one in root.iter() if one.text}
            recipients = [one.text for one in root.iter("{*}To") for one in one]
            assert (texts["TransactionID"], recipients) == (note, [f"+{number}"])
            assert texts.get("Subject", "") == subject
            assert texts.get("ServiceCode", "") == code.replace("{note}", note)
            begin, end = request.payload
            assert request.body[begin:end].endswith(b"--\r\n")
            assert len(list(message.iter_parts())) == 2


def test_the_parts_go_as_they_are_with_the_presentation_first() -> None:
    bundle = pack([*reversed(a_bundle().parts), Part("a b.jpg", "image/jpeg", bytes(range(256)) * 9)])
    _, message = parsed(asked(MM7(), bundle=bundle).write({}))
    assert message.get_content_type() == "multipart/related"
    assert (message.get_param("type"), message.get_param("start")) == ("application/smil", "<message.smil>")
    assert message["Content-ID"] == "<mm7-content>"
    parts = list(message.iter_parts())
    assert [part["Content-Location"] for part in parts] == ["message.smil", "hello.txt", "a%20b.jpg"]
    assert [part.get_payload(decode=True) for part in parts] == [
        SMIL,
        a_bundle().part("hello.txt").data,
        bytes(range(256)) * 9,
    ]
    assert parts[1].get_content_charset() == "utf-8"


def test_a_message_without_a_presentation_is_mixed() -> None:
    _, message = parsed(asked(MM7(), bundle=pack([Part("a.txt", "text/plain", b"x")])).write({}))
    assert message.get_content_type() == "multipart/mixed"


def test_addresses_and_headers_bend_to_the_account() -> None:
    root, _ = parsed(asked(MM7(numbers="plus"), sender="72345").write({}))
    values = {etree.QName(one).localname: one.text for one in root.iter()}
    assert (values["ShortCode"], values["Number"]) == ("72345", f"+{TO}")
    assert asked(MM7()).write({}).headers["SOAPAction"] == '""'
    assert asked(MM7(soap_action="namespace")).write({}).headers["SOAPAction"] == f'"{NAMESPACE}"'
    assert "SOAPAction" not in asked(MM7(soap_action="none")).write({}).headers
    assert b'allowAdaptations="false"' in asked(MM7(adaptations=False)).write({}).body


def test_a_part_cannot_write_headers_of_its_own() -> None:
    bundle = pack([Part("é\r\nX: y.txt", "text/plain\r\nX-Evil: 1", b"x")])
    body = asked(MM7(), bundle=bundle).write({}).body
    assert b"X-Evil" not in body
    assert b"\nX:" not in body


def test_what_xml_cannot_hold_and_a_hosted_zip_are_refused() -> None:
    with pytest.raises(ParameterError, match="XML cannot"):
        asked(MM7(), subject="a\ufffe")
    with pytest.raises(ParameterError, match="url: MM7 fetches no bundle"):
        asked(MM7(), bundle=None, url="https://a.example/a.zip")


def test_no_login_is_sent_where_none_is_set() -> None:
    gateway = Gateway("https://mmsc.example.com/", door=MM7())
    request = gateway.request(a_bundle(), to=TO, sender=FROM)
    assert "Authorization" not in request.write({}).headers
    assert request.reference.startswith("mp")
    assert "TransactionID" in str(request.preview())


# -- what is pushed in -----------------------------------------------------------------------------


def post(origin: str, body: bytes, type_: str = "text/xml") -> httpx2.Response:
    return httpx2.post(f"{origin}/mm7", content=body, headers={"Content-Type": type_})


def pushed(kind: str, content: str, transaction: str = "t-7") -> bytes:
    return f"""<s:Envelope xmlns:s="{ENVELOPE}"><s:Header><TransactionID xmlns="{OLD}" s:mustUnderstand="1">
{transaction}</TransactionID></s:Header><s:Body><{kind} xmlns="{OLD}"><MM7Version>5.3.0</MM7Version>{content}
</{kind}></s:Body></s:Envelope>""".encode()


def report(status: str, kind: str = "DeliveryReportReq", transaction: str = "t-7") -> bytes:
    return pushed(
        kind,
        f"<MessageID>m-1</MessageID><Recipient><Number>+{TO}</Number></Recipient>"
        f"<Sender><ShortCode>72345</ShortCode></Sender><Date>2026-11-26T10:00:00Z</Date>"
        f"<MMStatus>{status}</MMStatus>",
        transaction,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "status", "name", "delivered"),
    [
        ("DeliveryReportReq", "Retrieved", "delivered", True),
        ("DeliveryReportReq", "Expired", "expired", False),
        ("DeliveryReportReq", "Rejected", "rejected", False),
        ("DeliveryReportReq", "Indeterminate", "indeterminate", None),
        ("DeliveryReportReq", "Forwarded", "forwarded", None),
        ("DeliveryReportReq", "Deferred", "buffered", None),
        ("DeliveryReportReq", "System Unrecoverable", "unrecoverable", False),
        ("DeliveryReportReq", "Unrecognised", "unrecognised", None),
        ("DeliveryReportReq", "Lost at sea", "undocumented", None),
        ("ReadReplyReq", "Read", "read", True),
        ("ReadReplyReq", "Deleted", "deleted", True),
        ("ReadReplyReq", "Indeterminate", "indeterminate-read", None),
    ],
)
def test_each_status_of_a_report(kind: str, status: str, name: str, delivered: bool | None) -> None:
    with Listener() as listener:
        answered = [post(listener.origin, report(status, kind)) for _ in range(2)]
        (event,) = listener.mailbox.events()
        data = event.as_data()
    soap = read_soap(answered[0].content)
    assert (answered[0].status_code, answered[1].status_code) == (200, 200)
    assert (soap.kind, soap.transaction, soap.spoken.namespace) == (kind.replace("Req", "Rsp"), "t-7", OLD)
    assert (soap.text("StatusCode"), soap.text("MM7Version")) == ("1000", "5.3.0")
    assert (data["door"], data["status"], data["delivered"]) == ("mm7", name, delivered)
    assert (data["request_id"], data["recipient"], data["sender"]) == ("m-1", TO, "72345")
    assert data["date"] == "2026-11-26T10:00:00+00:00"


def test_a_transaction_that_comes_with_another_report_is_another_event() -> None:
    """A centre that counts its transactions from one after a restart loses nothing."""
    first, again, other, read = (
        read_push(data, XML).events[0].id
        for data in (
            report("Retrieved"),
            report("Retrieved"),
            report("Retrieved").replace(b"m-1", b"m-2"),
            report("Read", "ReadReplyReq"),
        )
    )
    assert first == again
    assert len({first, other, read}) == 3


def test_blank_lines_before_an_envelope_are_skipped() -> None:
    assert read_push(b"\r\n\r\n" + report("Retrieved"), XML).events
    seen = Observed(status=200, whole=True, complete=True, body=b"\n\n" + answer("SubmitRsp", 1000, "9"))
    assert classify(seen).id == "9"


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("Client", Result.REJECTED),
        ("Client.Format", Result.REJECTED),
        ("Client.Authentication", Result.ACCOUNT_STOPPED),
        ("Server.Busy", Result.UNKNOWN),
        ("Clients", Result.UNKNOWN),
    ],
)
def test_what_is_after_the_dot_of_a_faults_code_is_more_of_the_same(code: str, result: Result) -> None:
    verdict = classify(Observed(status=500, whole=True, complete=True, body=fault(code)))
    assert verdict.result is result
    assert verdict.hold is (result is Result.UNKNOWN)


@pytest.mark.slow
def test_what_is_no_push_is_answered_and_not_kept() -> None:
    with Listener() as listener:
        assert post(listener.origin, b"nonsense").status_code == 400
        assert post(listener.origin, pushed("DeliveryReportReq", "")).status_code == 400
        other = post(listener.origin, pushed("ReplaceReq", ""))
        assert read_soap(other.content).text("StatusCode") == "4003"
        assert listener.mailbox.events() == []


HOSTILE = {
    "a document type": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "entities in entities": b'<!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;</a>',
    "an external entity": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "depth": b"<a>" * 5000 + b"</a>" * 5000,
    "no envelope": b"<a/>",
    "an empty body": f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body/></s:Envelope>'.encode(),
    "size": b"<a>" + b" " * 300_000 + b"</a>",
    "nothing": b"",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_envelopes_are_refused(data: bytes) -> None:
    with pytest.raises(InputError) as error:
        read_soap(data)
    assert "root:" not in str(error.value)


def test_a_multipart_with_too_many_parts_is_refused() -> None:
    body = b"--b\r\nA: b\r\n\r\nx\r\n" * 300 + b"--b--\r\n"
    with pytest.raises(InputError, match="more than 200 parts"):
        read_push(body, "multipart/related; boundary=b")


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_random_pushes_are_read_or_refused(data: st.DataObject) -> None:
    gateway = Gateway("http://127.0.0.1:1", door=MM7())
    made = gateway.request(a_bundle(), to=TO, sender=FROM).write({})
    sender = f"<Sender><Number>{TO}</Number></Sender><Recipients>".encode()
    body = bytearray(made.body.replace(b"SubmitReq", b"DeliverReq").replace(b"<Recipients>", sender, 1))
    assert read_push(bytes(body), made.headers["Content-Type"]).events[0].data
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=5)):
        body[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
    try:
        read_push(bytes(body), made.headers["Content-Type"])
    except InputError:
        return


# -- the sandbox's side ----------------------------------------------------------------------------


def test_a_message_lies_in_the_inbox_part_by_part() -> None:
    with Sandbox() as sandbox, Gateway(sandbox.url_of("mm7"), door=MM7(vaspid="v")) as gateway:
        receipt = gateway.send(a_bundle(), to=TO, sender="72345", subject="Fish & chips 🐟", note="n1")
        (message,) = sandbox.messages()
        page = httpx2.get(f"{sandbox.origin}/messages/{receipt.id}").text
    assert (message.id, message.door, message.reference, message.sender) == (receipt.id, "mm7", "n1", "72345")
    assert message.subject == "Fish & chips 🐟"
    assert [(part.name, part.data) for part in message.bundle.parts] == [
        (part.name, part.data) for part in a_bundle().parts
    ]
    assert "POST /mm7" in page


@pytest.mark.slow
@pytest.mark.parametrize("number", [n for n in STATUSES if n != 1000])
def test_a_magic_recipient_has_its_status(number: int) -> None:
    with Sandbox() as sandbox, Gateway(sandbox.url_of("mm7"), door=MM7(), retry=Retry(times=0)) as gateway:
        outcome = gateway.attempt(a_bundle(), to=f"44770090{number}", sender=FROM)
        assert outcome.code == number
        assert outcome.result is by_status(number)[0]
        assert sandbox.messages() == []


@pytest.mark.slow
@pytest.mark.parametrize("name", list(MODES))
def test_each_mode_of_chaos(name: str) -> None:
    limit = IMPATIENT if name == "stall" else PATIENT
    with (
        Sandbox(chaos={name: 1.0}, slow_seconds=0.1) as sandbox,
        Gateway(sandbox.url_of("mm7"), door=MM7(), timeouts=limit) as gateway,
    ):
        outcome = gateway.attempt(a_bundle(), to=TO, sender=FROM)
        assert len(sandbox.messages()) == (1 if MODES[name].accepts else 0)
    if MODES[name].accepts:
        assert outcome.hold or outcome.result is Result.ACCEPTED
    else:
        assert outcome.result is not Result.ACCEPTED


@pytest.mark.slow
def test_reports_and_messages_from_phones_reach_a_listener() -> None:
    taken: list[Mapping[str, Any]] = []
    with Listener(handler=taken.append, pause=0.01) as listener:
        # As for SendMMS: the sandbox pushes each door's to where a listener takes that door's.
        reports, inbound = f"{listener.origin}/report", f"{listener.origin}/inbound"
        with (
            Sandbox(report_url=reports, inbound_url=inbound, push_delay=0.01) as sandbox,
            Gateway(sandbox.url_of("mm7"), door=MM7()) as gateway,
        ):
            receipt = gateway.send(a_bundle(), to=TO, sender=FROM, deliveryreport=True, readreport=True)
            page = f"{sandbox.origin}/messages/{receipt.id}/answer"
            assert httpx2.post(page, data={"text": "Thank you!"}).status_code == 303
            until(lambda: len(taken) == 3 and all(push.done for push in sandbox.pusher.recent))
            assert {push.answer for push in sandbox.pusher.recent} == {"HTTP 200"}
    delivery, read, answer_ = sorted(taken, key=lambda event: (event["event"] != "report", event["kind"]))
    assert (delivery["status"], delivery["request_id"], delivery["recipient"]) == (
        "delivered",
        receipt.id,
        TO,
    )
    assert (read["status"], read["kind"]) == ("read", "read")
    assert (answer_["from"], answer_["to"], answer_["problem"]) == (TO, [FROM], "")
    assert [part["name"] for part in answer_["parts"]] == ["message.smil", "text1.txt"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "status", "kind"),
    [
        ((b"SubmitReq", b"ReplaceReq"), "4003", "RSErrorRsp"),
        ((f"<Number>{TO}".encode(), b"<Number>summer"), "2002", "SubmitRsp"),
        ((b"<To>", f"<To><Number>{TO[:-1]}8</Number></To><To>".encode()), "3003", "SubmitRsp"),
        ((b"mms-", b"mmz-"), "2007", "SubmitRsp"),
        ((b"<env:Envelope", b"<env:Envelop"), "4004", "Fault"),
    ],
)
def test_the_sandbox_refuses_for_the_standards_reasons(
    change: tuple[bytes, bytes], status: str, kind: str
) -> None:
    with Sandbox() as sandbox, Gateway(sandbox.url_of("mm7"), door=MM7()) as gateway:
        made = gateway.request(a_bundle(), to=TO, sender=FROM).write({})
        body = made.body.replace(change[0], change[1], 2 if b"Req" in change[0] else 1)
        answered = httpx2.post(sandbox.url_of("mm7"), content=body, headers=dict(made.headers))
        assert sandbox.messages() == []
    soap = read_soap(answered.content)
    assert (soap.kind, soap.text("StatusCode")) == (kind, status)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"prefix": "1 a"}, "mm7.prefix: '1 a' is not a prefix"),
        ({"prefix": "xml"}, "mm7.prefix: 'xml' is not a prefix"),
        ({"namespace": ""}, "mm7.namespace: '' is not a namespace"),
        ({"namespace": "a\0b"}, "mm7.namespace: "),
        ({"namespace": "urn:ü"}, "mm7.namespace: "),
        ({"version": "6.8"}, "mm7.version: '6.8' is not a version"),
    ],
)
def test_settings_that_no_envelope_could_hold_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        MM7(**options)
    assert says in str(caught.value)


def test_all_settings_that_are_wrong_are_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        MM7(version="new", namespace=" ", prefix="-")
    assert len(caught.value.problems) == 3


@given(st.text(max_size=20), st.text(max_size=20))
@example("", "%")
@example("", "http://a.example:port/")
@example("a", "//[")
def test_whatever_prefix_and_namespace_are_taken_can_be_written(prefix: str, namespace: str) -> None:
    try:
        door = MM7(prefix=prefix, namespace=namespace)
    except ConfigError:
        return
    with Gateway("http://127.0.0.1:9/mm7", door=door, sender=FROM) as gateway:
        http = gateway.request(a_bundle(), to=TO).write({})
    assert read_soap(b"".join(http.blocks).split(b"\r\n\r\n")[1].split(b"\r\n--")[0]).kind == "SubmitReq"


def test_a_version_and_a_namespace_that_nobody_pairs_are_sent_with_a_warning() -> None:
    for door, warned in (
        (MM7(), False),
        (MM7(version="5.3.0", namespace=OLD), False),
        (MM7(namespace=OLD), True),
    ):
        with Gateway("http://127.0.0.1:9/mm7", door=door, sender=FROM) as gateway:
            remarks = gateway.request(a_bundle(), to=TO).parameters.remarks
        assert (
            any(f"6.8.0 is not known to be used with namespace {OLD}" in line for line in remarks) is warned
        )


def test_a_text_is_called_utf_8_only_where_it_is() -> None:
    parts = [
        Part("a.txt", "text/plain", "5 £".encode()),
        Part("b.txt", "text/plain", "5 £".encode("latin-1")),
    ]
    with Gateway("http://127.0.0.1:9/mm7", door=MM7(), sender=FROM) as gateway:
        body = gateway.request(pack(parts), to=TO).write({}).body
    assert b'Content-Type: text/plain; charset=utf-8; name="a.txt"' in body
    assert b'Content-Type: text/plain; name="b.txt"' in body


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        ("Retrieved", "", ""),
        ("Rejected", "Barred", "Barred"),
        ("Lost at sea", "", "Lost at sea"),
        ("Lost at sea", "All hands", "Lost at sea: All hands"),
    ],
)
def test_a_report_says_why_in_the_operators_words(status: str, text: str, reason: str) -> None:
    data = report(status).replace(b"</MMStatus>", f"</MMStatus><StatusText>{text}</StatusText>".encode())
    assert MM7().read_report(read_push(data, XML).events[0].fields).reason == reason
