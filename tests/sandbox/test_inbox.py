"""The sandbox's inbox in a real browser: live, searchable, worked by keyboard, and safe."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import re
import sqlite3
import time
from urllib.parse import urlsplit

import pytest
from PIL import Image

from mmspack import Gateway, Message, Sandbox, Slide, build
from mmspack.bundle.bundle import Bundle
from mmspack.sandbox.inbox import Inbox
from mmspack.sandbox.inbox_file import FILE
from mmspack.sandbox.pages import message
from tests.fitting.clips import make_film
from tests.media.films import wav
from tests.previewing.preview_tools import Tab, serious_faults, zipped
from tests.waiting import until

SENDER = "447700900111"
EVIL = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>"


@pytest.fixture(scope="module")
def bundle(scene) -> Bundle:
    slides = [
        Slide(image=scene(800, 600), text="First words", seconds=5),
        Slide(text="Second words", seconds=5),
    ]
    return build(Message(slides=slides, subject="Hello"), "uk").bundle


@pytest.fixture
def sandbox():
    with Sandbox(magic=False) as running:
        yield running


@pytest.fixture
def send(sandbox, bundle):
    """Send the bundle, or another one: `send("447700900200", subject="Hi")` returns the id."""

    def sent(to: str = "447700900200", data: bytes | None = None, **options: str) -> str:
        wanted = bundle if data is None else Bundle(parts=(), data=data)
        with Gateway(sandbox.url, user="demo", password="secret-word") as gateway:
            return gateway.send(wanted, to=to, sender=SENDER, **options).id

    return sent


@pytest.fixture
def inbox(new_tab, sandbox):
    """A tab with the inbox open and alive."""
    tab = new_tab()
    tab.page.goto(sandbox.origin)
    tab.page.get_by_text("Live", exact=True).wait_for()
    return tab


def test_a_message_appears_within_a_second_of_its_delivery(inbox, send):
    assert inbox.page.get_by_text("Waiting for the first message").is_visible()
    took = []
    for number in range(3):
        send(f"44770090020{number}", subject=f"Number {number}")
        begun = time.monotonic()
        inbox.page.get_by_text(f"Number {number}").wait_for()
        took.append(time.monotonic() - begun)
    assert min(took) < 1.0
    assert inbox.page.locator("#total").inner_text() == "3"
    assert "Number 2" in inbox.page.locator(".row").first.inner_text()
    assert inbox.page.locator("#said").inner_text() == "A new message"
    assert not inbox.page.get_by_text("Waiting for the first message").is_visible()


def test_what_another_process_puts_there_appears_too(new_tab, bundle, tmp_path):
    with Sandbox(inbox=tmp_path) as shown:
        tab = new_tab()
        tab.page.goto(shown.origin)
        tab.page.get_by_text("Live", exact=True).wait_for()
        with Sandbox(inbox=tmp_path) as other, Gateway(other.url, user="a", password="b") as gateway:
            gateway.send(bundle, to="447700900205", sender=SENDER, subject="From elsewhere")
        tab.page.get_by_text("From elsewhere").wait_for(timeout=5000)


def test_a_row_tells_what_a_person_looks_for(inbox, send, sandbox):
    send("447700900207", subject="Offer", note="batch 7")
    row = inbox.page.locator(".row").first
    row.get_by_text("no findings").wait_for()
    text = row.inner_text()
    for word in ("Offer", "447700900207", SENDER, "batch 7", "just now"):
        assert word in text
    inbox.page.goto(f"{sandbox.origin}{row.get_attribute('href')}")
    counted = inbox.page.frame_locator("#preview").locator(".verdict span").inner_text()
    assert f"{counted.split()[0]} kB" in text, "the size that the preview says, not the zip's"
    inbox.page.goto(sandbox.origin)
    picture = row.locator("img")
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 112


def test_search_answers_while_one_types(inbox, send):
    for number, subject in enumerate(["Summer sale", "Winter sale", "Grüße aus KÖLN"]):
        send(f"44770090022{number}", subject=subject)
    inbox.page.get_by_text("KÖLN").wait_for()
    for words, found in (
        ("sale", 2),
        ("SALE winter", 1),
        ("köln", 1),
        ("447700900221", 1),
        ("100%", 0),
        ("", 3),
    ):
        inbox.page.get_by_role("searchbox").fill(words)
        inbox.page.wait_for_function("(n) => document.querySelectorAll('.row').length === n", arg=found)
    inbox.page.get_by_role("searchbox").fill("nothing like this")
    inbox.page.get_by_role("heading", name="No results").wait_for()
    assert not inbox.page.get_by_text("mmspack send").is_visible(), "messages have arrived"
    assert not inbox.page.locator("#rows").is_visible()
    assert not inbox.page.get_by_text("Select all").is_visible()
    send("447700900229", subject="nothing like this")
    inbox.page.locator(".row").wait_for()
    assert inbox.page.get_by_text("Select all").is_visible()


def test_what_a_search_finds_is_paged_too(inbox, send, sandbox):
    for number in range(53):
        send(f"4477009002{number:02}", subject=f"Offer {number}" if number != 30 else "Other")
    page = inbox.page
    page.goto(sandbox.origin)
    assert not page.get_by_text("Clear filters").is_visible()
    page.get_by_role("searchbox").fill("offer")
    page.wait_for_function("() => document.querySelector('#count').textContent === '52 of 53'")
    assert page.locator(".row").count() == 50
    page.get_by_role("link", name="Older messages").click()
    page.wait_for_url(re.compile("before="))
    assert page.locator(".row .subject bdi").all_inner_texts() == ["Offer 1", "Offer 0"]
    assert page.locator("#count").inner_text() == "52 of 53"
    page.goto(f"{sandbox.origin}/?q=offer")
    page.get_by_role("searchbox").fill("")
    page.wait_for_function("() => document.querySelector('#count').textContent === '53'")
    assert page.get_by_role("link", name="Older messages").is_visible()
    assert not page.get_by_text("Clear filters").is_visible()


def test_search_finds_what_a_message_says(inbox, send, sandbox):
    send(subject="Hello")
    send(
        subject="Another",
        data=zipped([("t.txt", "text/plain; charset=utf-8", "Straw hats für alle".encode())]),
    )
    inbox.page.goto(f"{sandbox.origin}/?q=FÜR+straw")
    assert inbox.page.locator(".row").count() == 1
    assert inbox.page.locator("#count").inner_text() == "1 of 2"
    inbox.page.get_by_role("searchbox").fill("")
    inbox.page.wait_for_function("() => document.querySelector('#count').textContent === '2'")


def test_a_message_is_new_until_it_is_opened(inbox, send, sandbox):
    read, new = send(subject="Read one"), send(subject="New one")
    inbox.page.goto(f"{sandbox.origin}/messages/{read}")
    inbox.page.goto(sandbox.origin)
    assert inbox.page.locator("li.new .row").evaluate("(row) => row.dataset.id") == new
    inbox.page.locator("select[name=state]").select_option("read")
    inbox.page.wait_for_function("() => document.querySelectorAll('.row').length === 1")
    assert inbox.page.locator(".row").get_attribute("data-id") == read
    assert "state=read" in inbox.page.url
    assert inbox.page.locator("#count").inner_text() == "1 of 2"


def test_filters_narrow_by_findings_campaign_and_day(inbox, send, sandbox):
    send(subject="Fine", note="mp1:spring:ABCDEFGHIJ")
    send(subject="Bad", data=zipped([("a.jpg", "image/jpeg", b"no picture")]), note="batch 7")
    inbox.page.goto(sandbox.origin)
    inbox.page.locator(".row .badge.error").wait_for()
    inbox.page.locator(".row .badge.fine").wait_for()
    for query, found in (
        ("found=error", ["Bad"]),
        ("found=none", ["Fine"]),
        ("campaign=spring", ["Fine"]),
        ("campaign=batch+7", ["Bad"]),
        ("since=2999-01-01", []),
        ("since=2000-01-01&q=bad", ["Bad"]),
    ):
        inbox.page.goto(f"{sandbox.origin}/?{query}")
        assert inbox.page.locator(".row .subject bdi").all_inner_texts() == found, query
    options = inbox.page.get_by_label("Campaign or note").locator("option").all_inner_texts()
    assert options == ["any", "batch 7", "spring"]


def test_many_are_selected_deleted_and_exported(inbox, send, sandbox):
    kept, *gone = (send(subject=f"Number {number}") for number in range(3))
    inbox.page.goto(sandbox.origin)
    boxes = inbox.page.locator(".pick input")
    boxes.nth(0).check()
    inbox.page.keyboard.press("k")
    inbox.page.locator(f".row[data-id='{gone[0]}']").focus()
    inbox.page.keyboard.press("x")
    assert inbox.page.locator("#picked").inner_text() == "2 selected"
    with inbox.page.expect_download() as download:
        inbox.page.get_by_role("button", name="Export selected as JSON").click()
    said = json.loads(download.value.path().read_text("utf-8"))
    assert {message["id"] for message in said["messages"]} == set(gone)
    inbox.page.once("dialog", lambda dialog: dialog.accept())
    inbox.page.get_by_role("button", name="Delete selected").click()
    inbox.page.wait_for_function("() => document.querySelectorAll('.row').length === 1")
    assert [message.id for message in sandbox.messages()] == [kept]


def test_the_empty_inbox_says_how_its_own_folder_is_filled(new_tab, tmp_path, monkeypatch):
    monkeypatch.setenv("MMSPACK_INBOX", str(tmp_path))
    with Sandbox(inbox=tmp_path) as shown:
        tab = new_tab()
        tab.page.goto(shown.origin)
        assert "MMSPACK_GATEWAY" not in tab.page.locator("#empty").inner_text()
        assert "mmspack send" in tab.page.locator("#empty").inner_text()
        tab.page.get_by_role("searchbox").fill("nothing")
        tab.page.get_by_role("heading", name="No results").wait_for()
        tab.page.get_by_role("searchbox").fill("")
        tab.page.get_by_text("mmspack send").wait_for()


def test_it_is_worked_by_keyboard(inbox, send):
    older = send("447700900231", subject="Older")
    newer = send("447700900232", subject="Newer")
    inbox.page.get_by_text("Newer").wait_for()
    keys = inbox.page.keyboard
    keys.press("j")
    keys.press("j")
    assert inbox.page.evaluate("document.activeElement.dataset.id") == older
    keys.press("k")
    assert inbox.page.evaluate("document.activeElement.dataset.id") == newer
    keys.press("Enter")
    inbox.page.wait_for_url(f"**/messages/{newer}")
    keys.press("j")
    inbox.page.wait_for_url(f"**/messages/{older}")
    keys.press("u")
    inbox.page.wait_for_url(re.compile(r"/$"))
    keys.press("/")
    keys.type("Old")
    inbox.page.wait_for_function("() => document.querySelectorAll('.row').length === 1")


def test_one_message_shows_the_phones_its_parts_and_its_request(inbox, send, sandbox):
    identifier = send(subject="Shown")
    inbox.page.goto(f"{sandbox.origin}/messages/{identifier}")
    phones = inbox.page.frame_locator("#preview")
    assert "First words" in phones.locator("#played").inner_text()
    assert "Second words" in phones.locator("#iphone").inner_text()
    phones.get_by_role("button", name="Next slide").click()
    assert "Second words" in phones.locator("#played").inner_text()
    inbox.page.wait_for_function("() => document.querySelector('#preview').clientHeight > 1000")
    for name in ("image1.jpg", "text2.txt", "message.smil"):
        assert inbox.page.get_by_role("link", name=name).is_visible()
    request = inbox.page.locator(".request").inner_text()
    assert "never stored" in request
    assert "demo" in request
    assert "secret-word" not in inbox.page.content()
    assert inbox.complaints == []


@pytest.mark.parametrize("width", [1440, 1024, 768, 390])
def test_the_first_phone_is_there_before_the_frame_and_does_not_move_when_that_comes(
    new_tab, send, sandbox, width
):
    identifier = send(subject="Shown")
    tab = new_tab(viewport={"width": width, "height": 1000})
    held = []
    tab.page.route("**/preview", lambda route: held.append(route))
    tab.page.goto(f"{sandbox.origin}/messages/{identifier}", wait_until="domcontentloaded")
    early = tab.page.locator(".first #iphone")
    assert "Shown" in early.inner_text()
    assert "First words" in early.inner_text()
    assert (
        early.locator(".picture").evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 300
    )
    before = early.bounding_box()
    while not held:
        tab.page.wait_for_timeout(20)
    held.pop().continue_()
    tab.page.locator(".first").wait_for(state="detached")
    after = tab.page.frame_locator("#preview").locator("#iphone").bounding_box()
    assert after == pytest.approx(before, abs=1.5)
    assert tab.complaints == []


def test_no_address_of_the_first_phone_is_the_messages_own(new_tab, send, sandbox):
    smil = b'<smil><head/><body><par dur="5s"><text src="t.txt"/></par></body></smil>'
    name = 'a"onerror=alert(1) ..%2f.gif'
    stream = io.BytesIO()
    Image.new("RGB", (4, 4), "teal").save(stream, "GIF")
    parts = [
        ("a.smil", "application/smil", smil),
        ("t.txt", "text/plain", EVIL.encode()),
        (name, "image/gif", stream.getvalue()),
    ]
    identifier = send(data=zipped(parts), subject=EVIL)
    tab = new_tab()
    tab.page.route("**/preview", lambda route: None)
    tab.page.goto(f"{sandbox.origin}/messages/{identifier}", wait_until="domcontentloaded")
    assert EVIL in tab.page.locator(".first .words").inner_text()
    addresses = tab.page.locator(".first").evaluate(
        "(first) => [...first.querySelectorAll('[src], [href], [poster]')].map((one) => one.src)"
    )
    start = f"{sandbox.origin}/messages/{identifier}/parts/"
    assert all(address.startswith(start) for address in addresses), addresses
    assert tab.page.evaluate("window.pwned") is None
    assert tab.page.locator(".first [onerror]").count() == 0


def test_films_and_sounds_of_the_first_phone_are_drawn_and_not_loaded(new_tab, send, sandbox):
    parts = [("s.wav", "audio/wav", wav(1.0)), ("f.mp4", "video/mp4", make_film(seconds=2))]
    identifier = send(data=zipped(parts), subject="Heard")
    tab = new_tab()
    tab.page.route("**/preview", lambda route: None)
    tab.page.goto(f"{sandbox.origin}/messages/{identifier}", wait_until="domcontentloaded")
    early = tab.page.locator(".first #iphone")
    assert early.locator(".sound-length").inner_text() == "0:01"
    assert early.locator(".film-length").inner_text() == "0:02"
    poster = early.locator("video").get_attribute("poster")
    loaded = "(src) => { const still = Object.assign(new Image(), { src }); return still.decode(); }"
    tab.page.evaluate(loaded, poster)
    assert tab.complaints == []
    assert not [url for url in tab.requests if "/parts/" in url]


def test_who_opens_the_inbox_does_not_wait_for_the_templates_of_a_message(sandbox):
    message.warm.cache_clear()
    connection = http.client.HTTPConnection(urlsplit(sandbox.origin).netloc, timeout=30)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200
    connection.close()
    until(lambda: message.warm.cache_info().currsize == 1)


def test_without_script_the_frame_is_not_covered(browser, send, sandbox):
    identifier = send(subject="Plain")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{sandbox.origin}/messages/{identifier}")
    assert not page.locator(".first").is_visible()
    context.close()


def test_it_is_deleted_after_a_question(inbox, send, sandbox):
    identifier = send(subject="Gone soon")
    inbox.page.goto(f"{sandbox.origin}/messages/{identifier}")
    inbox.page.once("dialog", lambda dialog: dialog.dismiss())
    inbox.page.get_by_role("button", name="Delete").click()
    assert len(sandbox.messages()) == 1
    inbox.page.once("dialog", lambda dialog: dialog.accept())
    inbox.page.get_by_role("button", name="Delete").click()
    inbox.page.get_by_text("Waiting for the first message").wait_for()
    assert sandbox.messages() == []


def test_delete_all_asks_first(inbox, send, sandbox):
    send(subject="Kept")
    inbox.page.get_by_text("Kept").wait_for()
    inbox.page.reload()
    inbox.page.once("dialog", lambda dialog: dialog.dismiss())
    inbox.page.get_by_role("button", name="Delete all").click()
    assert len(sandbox.messages()) == 1
    inbox.page.once("dialog", lambda dialog: dialog.accept())
    inbox.page.get_by_role("button", name="Delete all").click()
    inbox.page.get_by_text("Waiting for the first message").wait_for()
    assert sandbox.messages() == []


def settled(tab: Tab) -> None:
    """Wait until the frame has its height and the new_tab knows where what stands below it is."""
    tab.page.locator("#preview[data-settled]").wait_for()
    tab.page.locator("#reports").scroll_into_view_if_needed()
    tab.page.wait_for_timeout(400)


def test_reports_and_answers_are_sent_back(new_tab, bundle):
    with Sandbox(magic=False, report_url="http://127.0.0.1:9/report", push_delay=0.01) as sandbox:
        with Gateway(sandbox.url, user="demo", password="demo") as gateway:
            identifier = gateway.send(bundle, to="447700900200", sender=SENDER).id
        tab = new_tab()
        tab.page.goto(f"{sandbox.origin}/messages/{identifier}")
        settled(tab)
        tab.page.get_by_label("Status").select_option(label="4 expired")
        tab.page.get_by_role("button", name="Send report").click()
        tab.page.locator(".address").first.wait_for()
        assert "status=4" in tab.page.locator(".address").first.inner_text()
        settled(tab)
        tab.page.get_by_label("Reply as").fill("Thank you 👋")
        tab.page.get_by_role("button", name="Reply", exact=True).click()
        tab.page.wait_for_load_state()
        from mmspack.bundle.zip_reader import open_bundle

        data = sandbox.inbox.inbound("1")
        assert "Thank you 👋" in open_bundle(data).part("text1.txt").data.decode()


def test_chaos_is_set_on_its_page(inbox, sandbox):
    inbox.page.goto(f"{sandbox.origin}/behaviour")
    inbox.page.locator("#mode-error").fill("100")
    inbox.page.get_by_role("button", name="Apply").click()
    inbox.page.wait_for_load_state()
    assert sandbox.chaos.chances == {"error": 1.0}
    inbox.page.goto(sandbox.origin)
    assert inbox.page.get_by_text("simulating problems").is_visible()
    inbox.page.goto(f"{sandbox.origin}/behaviour")
    inbox.page.locator("#mode-drop").fill("50")
    inbox.page.get_by_role("button", name="Apply").click()
    assert "more than 1" in inbox.page.get_by_role("alert").inner_text()
    inbox.page.get_by_role("button", name="Reset").click()
    inbox.page.wait_for_load_state()
    assert sandbox.chaos.chances == {}


def test_the_test_numbers_of_each_door_fold_and_fit_a_narrow_window(new_tab):
    with Sandbox() as running:
        tab = new_tab(viewport={"width": 390, "height": 844})
        tab.page.goto(f"{running.origin}/behaviour")
        doors = tab.page.locator(".door")
        assert doors.count() > 1
        assert doors.first.locator("table").is_visible()
        assert not doors.nth(1).locator("table").is_visible()
        for at in range(doors.count()):
            if at:
                doors.nth(at).locator("summary").click()
            table, panel = doors.nth(at).locator("table").bounding_box(), doors.nth(at).bounding_box()
            assert table["x"] + table["width"] <= panel["x"] + panel["width"] + 1


def test_no_dot_begins_or_ends_a_line_of_the_envelope(new_tab, send, sandbox):
    identifier = send(subject="Narrow")
    tab = new_tab(viewport={"width": 360, "height": 740})
    tab.page.goto(f"{sandbox.origin}/messages/{identifier}")
    left, items = tab.page.locator(".envelope").evaluate(
        "(line) => [line.getBoundingClientRect().left, [...line.children].map((one) => one.offsetLeft)]"
    )
    assert items.count(items[0]) > 1, "it wraps"
    assert left == tab.page.locator("h1").bounding_box()["x"]
    assert tab.page.locator(".envelope").evaluate("(line) => getComputedStyle(line).overflow") == "hidden"


def test_a_message_full_of_script_stays_text_everywhere(inbox, send, sandbox):
    smil = b'<smil><head/><body><par dur="5s"><text src="t.txt"/></par></body></smil>'
    parts = [
        ("a.smil", "application/smil", smil),
        ("t.txt", "text/plain", EVIL.encode()),
        (f"{EVIL}.svg", "image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("p.htm", "text/html", EVIL.encode()),
    ]
    identifier = send(data=zipped(parts), subject=EVIL, note=EVIL)
    inbox.page.get_by_text("window.pwned = 1").first.wait_for()
    assert inbox.page.locator(".row bdi").first.inner_text() == EVIL
    inbox.page.goto(f"{sandbox.origin}/messages/{identifier}")
    assert EVIL in inbox.page.frame_locator("#preview").locator("#played").inner_text()
    inbox.page.goto(f"{sandbox.origin}/?q={EVIL.split()[0]}")
    assert inbox.page.evaluate("window.pwned") is None
    inbox.page.goto(f"{sandbox.origin}/messages/{identifier}/preview")
    assert inbox.page.evaluate("[window.pwned, self.origin]") == [None, "null"]
    assert not [line for line in inbox.complaints if "404" not in line]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(new_tab, send, sandbox, theme):
    identifier = send(subject="Looked at")
    tab = new_tab(color_scheme=theme)
    for path in ("/", f"/messages/{identifier}", "/behaviour", "/?q=nothing"):
        tab.page.goto(sandbox.origin + path)
        tab.page.wait_for_timeout(200)
        # The phone that is drawn at once goes when the frame has painted, which may be while axe looks at it.
        tab.page.wait_for_function("() => !document.querySelector('.first')")
        assert serious_faults(tab) == [], path


def test_a_narrow_window_needs_no_sideways_scrolling(new_tab, send, sandbox):
    identifier = send(subject="A rather long subject that goes on and on for ever and ever")
    tab = new_tab(viewport={"width": 360, "height": 740})
    for path in ("/", f"/messages/{identifier}", "/behaviour"):
        tab.page.goto(sandbox.origin + path)
        tab.page.wait_for_timeout(200)
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_it_works_without_script(browser, send, sandbox):
    identifier = send(subject="Plain")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{sandbox.origin}/?q=plain")
    page.get_by_role("link", name="Plain").click()
    page.get_by_role("button", name="Delete").click()
    assert sandbox.inbox.get(identifier) is None
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://attacker.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "attacker.example"}],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/events"),
        ("POST", "/clear"),
        ("POST", "/selected"),
        ("POST", "/behaviour"),
        ("POST", "/messages/{id}/delete"),
        ("POST", "/messages/{id}/report"),
        ("POST", "/messages/{id}/answer"),
    ],
)
def test_no_other_site_listens_or_changes_anything(send, sandbox, method, path, headers):
    identifier = send()
    connection = http.client.HTTPConnection(urlsplit(sandbox.origin).netloc, timeout=60)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, path.format(id=identifier), "text=x&status=3&error=100", {**kind, **headers})
    assert connection.getresponse().status in (400, 403)
    connection.close()
    assert len(sandbox.messages()) == 1
    assert sandbox.chaos.chances == {}


def test_the_export_tells_all_but_the_bytes(send, sandbox):
    send(subject="One")
    connection = http.client.HTTPConnection(urlsplit(sandbox.origin).netloc, timeout=60)
    connection.request("GET", "/inbox.json")
    (message,) = json.loads(connection.getresponse().read())["messages"]
    assert message["subject"] == "One"
    assert "secret-word" not in str(message)
    connection.close()


def test_an_inbox_from_before_the_search_is_searched_too(tmp_path, bundle):
    with Sandbox(inbox=tmp_path) as sandbox, Gateway(sandbox.url, user="a", password="b") as gateway:
        gateway.send(bundle, to="447700900205", sender=SENDER, subject="An old one")
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.executescript("drop trigger words_come; drop trigger words_go; drop table words")
        db.execute("alter table facts drop column counted")
    with contextlib.closing(Inbox(tmp_path)) as inbox:
        (found,) = inbox.search("OLD 447700900205", limit=10)
        assert found.counted is None
        assert found.subject == "An old one"
        assert inbox.search("new", limit=10) == []
        assert inbox.delete(found.id)
        assert not inbox.delete(found.id)
        assert (inbox.search("", limit=10), len(inbox), inbox.newest()) == ([], 0, 0)
