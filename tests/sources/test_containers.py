"""Files that hold a story's file: ZIP files, HTMLZ, TXTZ, mail."""

import io
import zipfile

import pytest

from dramaturg import sources
from dramaturg.errors import UnreadableStory

TALE = "The Weir\n\nby Iva Brook\n\nChapter One\n\n“You are wet,” said Ann.\n\n“So is the dog,” said Ben.\n"
PAGE = (
    "<html><head><title>The Weir</title></head><body><p>“You are wet,” said Ann.</p>"
    "<p class='x'>Stolen.</p><p>“So is the dog,” said Ben.</p></body></html>"
)
LETTER = "From: Iva Brook <iva@example.org>\nSubject: Re: The Weir\nMIME-Version: 1.0\n{headers}\n\n{body}"


def pack(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def words(story) -> list[str]:
    return [story.text_of(block) for block in story.blocks if block.role == "paragraph"]


def test_a_zip_file_with_one_story_is_that_story():
    data = pack({"__MACOSX/weir.txt": "x", "weir.txt": TALE, "cover.jpg": "x"})

    story = sources.load_bytes(data, "weir.zip")

    assert (story.source.path, story.source.format, story.source.title) == ("weir.zip", "text", "The Weir")
    assert words(story) == ["“You are wet,” said Ann.", "“So is the dog,” said Ben."]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.txt": TALE, "b.txt": TALE}, "this ZIP file holds 2 stories, a.txt the first. .*library add"),
        ({"Index/Document.iwa": "x", "preview.jpg": "x"}, "this is an Apple Pages document"),
        ({"Tale.scriv/Tale.scrivx": "x", "Files/1.rtf": "x"}, "this is a Scrivener project"),
        ({"1.jpg": "x", "2.png": "x"}, "this is a book of pictures"),
        ({"a.bin": "x"}, "this is a ZIP archive without a story"),
    ],
    ids=["two stories", "Pages", "Scrivener", "CBZ", "other"],
)
def test_other_zip_files_are_named(files, message):
    with pytest.raises(UnreadableStory, match=rf"^tale\.zip: {message}[^\n]*$"):
        sources.load_bytes(pack(files), "tale.zip")


def test_htmlz_is_read_with_its_stylesheet():
    data = pack({"index.html": PAGE, "style.css": ".x { display: none }", "metadata.opf": "<package/>"})

    story = sources.load_bytes(data, "weir.htmlz")

    assert words(story) == ["“You are wet,” said Ann.", "“So is the dog,” said Ben."]


def test_txtz_is_read():
    story = sources.load_bytes(pack({"index.txt": TALE, "metadata.opf": "<package/>"}), "weir.txtz")

    assert words(story) == ["“You are wet,” said Ann.", "“So is the dog,” said Ben."]


@pytest.mark.parametrize("name", ["weir.eml", "letter"])
def test_a_letter_gives_its_text_title_and_author(name):
    headers = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable"
    body = "=E2=80=9CYou are we=\nt,=E2=80=9D said Ann.\n\n=E2=80=9CSo is the dog,=E2=80=9D said Ben.\n"

    story = sources.load_bytes(LETTER.format(headers=headers, body=body).encode(), name)

    assert (story.source.title, story.source.author) == ("The Weir", "Iva Brook")
    assert words(story) == ["“You are wet,” said Ann.", "“So is the dog,” said Ben."]


def test_a_mailbox_gives_its_letters_one_after_another_with_their_lines_joined():
    headers = "Content-Type: text/plain; charset=utf-8; format=flowed"
    letter = "From iva@example.org Mon Jan  1 00:00:00 2024\n" + LETTER.format(
        headers=headers, body="“You are \nwet,” said Ann.\n\n>From the weir came a \nshout.\n\n"
    )

    story = sources.load_bytes((letter + letter).encode(), "weir.mbox")

    assert words(story) == ["“You are wet,” said Ann.", "From the weir came a shout."] * 2


def test_a_page_in_a_letter_is_read_as_a_page():
    story = sources.load_bytes(
        LETTER.format(headers="Content-Type: text/html; charset=utf-8", body=PAGE).encode(), "a.eml"
    )

    assert words(story)[0] == "“You are wet,” said Ann."


def test_a_letter_without_text_says_so():
    headers = "Content-Type: image/png\nContent-Transfer-Encoding: base64"
    with pytest.raises(UnreadableStory, match=r"^a\.eml: this mail holds no text"):
        sources.load_bytes(LETTER.format(headers=headers, body="AAAA").encode(), "a.eml")


def test_a_story_that_begins_like_a_letter_is_plain_text():
    text = "From: Ann\nTo: Ben\nSubject: the dog\n\n“He is wet again,” she wrote.\n"

    assert sources.load_bytes(text.encode(), "letters.txt").source.format == "text"
    assert "From: Ann" in sources.load_bytes(text.encode(), "letters.txt").text


def test_the_signature_of_a_letter_is_left_out_by_name():
    text = LETTER.format(headers="Content-Type: text/plain; charset=utf-8", body=f"{TALE}-- \nIva\nThe Weir House\n")

    story = sources.load_bytes(text.encode(), "a.eml")

    assert words(story) == ["“You are wet,” said Ann.", "“So is the dog,” said Ben."]
    assert [(left.what, left.why) for left in story.left_out] == [("Iva The Weir House", "signature")]
