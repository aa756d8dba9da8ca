"""Threads of forums → the story's posts, whatever program runs the forum."""

import pytest

from dramaturg.sources import load_bytes

FIRST = "Nell counted the crates on the quay, and then she counted them again, because the first number was wrong."
ANSWER = "“Nine,” said Omar. “There were nine when I left.”"
SECOND = "In the morning there were eight, and the harbour master had already been told about it by somebody."
REPLY = "I knew it was the harbour master all along, I said so in the other thread."
TITLE = "Nine Crates"


def xenforo(author, text, mark=""):
    mark = f'<div class="message-cell--threadmark-header"><span class="threadmarkLabel">{mark}</span></div>' * bool(
        mark
    )
    return (
        f'<article class="message message--post js-post" data-author="{author}"><div class="message-cell--user">'
        f'<h4 class="message-name"><a class="username">{author}</a></h4><h5 class="userTitle">Sailor</h5></div>{mark}'
        f'<div class="message-content"><article class="message-body"><div class="bbWrapper">{text}</div></article>'
        '</div><footer class="message-footer"><a>Like</a></footer></article>'
    )


def old_xenforo(author, text, mark=""):
    mark = f'<div class="threadmarker"><span class="label">Threadmark: {mark}</span></div>' * bool(mark)
    return (
        f'<li id="post-71" class="message" data-author="{author}"><div class="messageUserBlock"><h3>{author}</h3></div>'
        f'{mark}<div class="messageContent"><blockquote class="messageText">{text}</blockquote></div></li>'
    )


def phpbb(author, text, mark=""):
    return (
        f'<div id="p71" class="post has-profile"><dl class="postprofile"><dt>{author}</dt><dd>Posts: 12</dd></dl>'
        f'<div class="postbody"><h3><a href="#p71">Re: {TITLE}</a></h3><p class="author">by '
        f'<a href="./memberlist.php?mode=viewprofile&amp;u=2">{author}</a> » Mon Jan 01</p>'
        f'<div class="content">{text}</div></div></div>'
    )


def vbulletin(author, text, mark=""):
    return (
        f'<li class="postbitlegacy postcontainer" id="post_71"><div class="username_container">'
        f'<a class="username" href="member.php?u=3">{author}</a><dl><dt>Join Date</dt><dd>May 2009</dd></dl></div>'
        f'<div id="post_message_71"><blockquote class="postcontent restore">{text}</blockquote></div></li>'
    )


def discourse(author, text, mark=""):
    return (
        f'<div class="topic-body crawler-post"><div class="crawler-post-meta"><span class="creator">'
        f'<a href="https://forum.example/u/{author.split()[0]}">{author}</a></span></div>'
        f'<div class="post cooked" itemprop="text">{text}</div></div>'
    )


def thread(post, *, marks=("", "")):
    quote = '<blockquote class="bbCodeBlock--quote"><div>Ida Wren said:</div><div>Nine.</div></blockquote>'
    quote = quote.replace("Ida Wren", "Pilar Voss")
    posts = [
        post("Pilar Voss", f"{FIRST}<br><br>{ANSWER}", marks[0]),
        post("gullible", f"{quote}{REPLY}"),
        post("Pilar Voss", SECOND, marks[1]),
    ]
    return f"<html><head><title>{TITLE} | The Quay</title></head><body><h1>{TITLE}</h1>{''.join(posts)}</body></html>"


def read(page):
    story = load_bytes(page.encode(), "thread.html")
    return story, [(block.role, story.text_of(block)) for block in story.blocks]


@pytest.mark.parametrize("post", [xenforo, old_xenforo, phpbb, vbulletin, discourse])
def test_the_authors_posts_are_the_story(post):
    story, blocks = read(thread(post))

    assert [text for role, text in blocks if role == "paragraph"][:2] == [FIRST, ANSWER]
    assert SECOND in [text for role, text in blocks if role == "paragraph"]
    assert not any(words in story.text for words in (REPLY, "Nine.", "Sailor", "Posts: 12", "Join Date", "Like"))
    assert (story.source.title, story.source.author) == (TITLE, "Pilar Voss")
    assert any("other posts of the thread" in left_out.why for left_out in story.left_out)


@pytest.mark.parametrize("post", [xenforo, old_xenforo])
def test_threadmarks_are_headings(post):
    page = thread(post, marks=("The Quay", "Eight"))
    story, blocks = read(page.replace("</body>", post("Pilar Voss", "Thank you all for the kind words!") + "</body>"))

    assert [chapter.title for chapter in story.chapters] == ["The Quay", "Eight"]
    assert "Thank you" not in story.text


def test_a_threadmark_that_the_post_repeats_is_there_once():
    _, blocks = read(thread(xenforo, marks=("Chapter One", "")).replace(FIRST, f"Chapter One<br><br>{FIRST}"))

    assert [text for _, text in blocks].count("Chapter One") == 1


def test_an_author_who_answers_a_reader_tells_no_story():
    quote = '<blockquote class="bbCodeBlock--quote"><div>gullible said:</div><div>I knew it.</div></blockquote>'
    answer = "You did, and I owe you a crate of oranges for it, as I promised in the spring."
    story, _ = read(thread(xenforo).replace("</body>", xenforo("Pilar Voss", quote + answer) + "</body>"))

    assert answer not in story.text and "I knew it" not in story.text


def test_a_blog_is_no_forum():
    posts = "".join(f'<article id="post-{n}" class="post type-post hentry"><p>{FIRST}</p></article>' for n in (1, 2))
    _, blocks = read(f"<html><body>{posts}</body></html>")

    assert [role for role, _ in blocks].count("paragraph") == 2
