"""Threads of forums: the story's posts, without the cards of their writers and without what others answered.

XenForo, vBulletin, phpBB, Simple Machines, Invision and Discourse each put a post into an element of its own, with its
text in another element inside. The posts that have a threadmark are the story; in a thread without threadmarks it is
what the author posted, less the replies that open with a reader's words.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import ArchiveWords, StructureWords
from dramaturg.sources.markup import SCENE_BREAK, Element, Markup, Passage
from dramaturg.sources.webpages.page import ExtractedPage, describe_left_out, excerpt, language_of
from dramaturg.sources.webpages.titles import find_title
from dramaturg.story import LeftOut

POST_CLASSES = frozenset(
    "message--post js-post postbit postbitlegacy postcontainer topic-post crawler-post post_wrapper cpost".split()
)
# Classes that other sites use too. An element with one of them is a post if it names a writer, or has a post's id.
MAYBE_POST_CLASSES = frozenset("message post comment".split())
POST_ID = re.compile(r"(?:js-)?(?:post|msg|p)[-_]?\d+", re.IGNORECASE)
BLOG_CLASSES = frozenset("hentry type-post".split())
BODY_CLASSES = frozenset(
    "bbwrapper message-body messagetext messagecontent postcontent postbody post_body cooked inner content "
    "cpost_contentwrap post-message".split()
)
BODY_ID = re.compile(r"(?:post_message|msg)_\d+", re.IGNORECASE)
QUOTE_CLASSES = frozenset("bbcodeblock--quote bbcode_quote bbcodequote quote quoteheader ipsquote".split())
NAME_CLASSES = frozenset("message-name poster names author username creator postauthor cauthorpane_author".split())
MEMBER = re.compile(
    r"/members?/|member\.php|mode=viewprofile|action=profile|(?:^|/)u/[\w.-]+/?$|/user/|/profile/", re.IGNORECASE
)
MAX_LABEL_CHARACTERS = 200
CHAPTER_LEVEL = 2


@dataclass(slots=True)
class Post:
    """A post. `label`: its threadmark. `passages`: its text, without the quoted words of others."""

    author: str = ""
    label: str = ""
    passages: list[Passage] = field(default_factory=list)
    opens_with_quote: bool = False

    @property
    def size(self) -> int:
        """The characters of its text."""
        return sum(len(passage.text) for passage in self.passages)


def read_forum(markup: Markup, words: StructureWords = ENGLISH.structure) -> ExtractedPage | None:
    """The story in a thread of a forum; None for any other page."""
    posts = _find_posts(markup, words.archives)
    if not any(post.passages for post in posts):
        return None
    author = _find_author(posts)
    story = [post for post in posts if post.label and post.passages]
    story = story or [post for post in posts if post.author == author and not post.opens_with_quote and post.passages]
    story = story or [post for post in posts if post.passages]
    title = find_title(markup, words.headings)
    passages = [passage for post in story for passage in _passages_of(post, is_first=post is story[0])]
    heading = next((p for p in markup.passages if p.level == 1 and p.text == title), None)
    if heading is not None:
        heading.role, heading.level = "title", 0
        passages.insert(0, heading)
    return ExtractedPage(
        passages,
        title,
        author or None,
        language_of({}, markup.language),
        {},
        [*_left_out(markup, posts, story, passages), *describe_left_out(markup.left_out)],
    )


# ---- the posts


def _find_posts(markup: Markup, words: ArchiveWords) -> list[Post]:
    post_of = _innermost(markup, _is_post)
    body_of = _innermost(markup, _is_body)
    outer = {body_of[e.parent] for i, e in enumerate(markup.elements) if body_of[i] == i and e.parent >= 0}
    quote_of = _innermost(markup, lambda element: not QUOTE_CLASSES.isdisjoint(element.classes))
    attributed = {quote_of[p.element] for p in markup.passages if words.quoted_post.fullmatch(p.text)}
    posts: dict[int, Post] = {}
    for passage in markup.passages:
        n = post_of[passage.element]
        if n < 0:
            continue
        post = posts.setdefault(n, Post(markup.elements[n].attributes.get("data-author", "")))
        if body_of[passage.element] < n or body_of[passage.element] in outer:
            _read_card(post, passage, markup, n)
        elif quote_of[passage.element] > n and quote_of[passage.element] in attributed:
            post.opens_with_quote |= not post.passages
        else:
            post.passages.append(passage)
    return list(posts.values())


def _innermost(markup: Markup, is_wanted: Callable[[Element], bool]) -> list[int]:
    """For each element the innermost one that is wanted, of it and those around it; -1 if there is none."""
    found: list[int] = []
    for i, element in enumerate(markup.elements):  # outer elements come first
        above = found[element.parent] if element.parent >= 0 else -1
        found.append(i if is_wanted(element) else above)
    return found


def _is_post(element: Element) -> bool:
    classes = set(element.classes)
    if not classes.isdisjoint(BLOG_CLASSES):
        return False
    if not classes.isdisjoint(POST_CLASSES):
        return True
    named = "data-author" in element.attributes or POST_ID.fullmatch(element.id) is not None
    return named and not classes.isdisjoint(MAYBE_POST_CLASSES)


def _is_body(element: Element) -> bool:
    return not BODY_CLASSES.isdisjoint(element.classes) or BODY_ID.fullmatch(element.id) is not None


def _read_card(post: Post, passage: Passage, markup: Markup, n: int) -> None:
    """Read what stands around the text of post `n`: its threadmark, and who wrote it."""
    above = []
    for element in markup.above(passage):
        above += element.classes
        if element is markup.elements[n]:
            break
    if any("threadmark" in name for name in above) and len(passage.text) <= MAX_LABEL_CHARACTERS:
        post.label = post.label or THREADMARK.sub("", passage.text).strip()
    if not post.author:
        member = next((link for link in passage.links if MEMBER.search(link.target)), None)
        if member is not None:
            post.author = passage.text[member.start : member.end].strip()
        elif not NAME_CLASSES.isdisjoint(above):
            post.author = passage.text.partition("\n")[0].strip()


THREADMARK = re.compile(r"threadmarks?\b:?\s*", re.IGNORECASE)


# ---- the story in them


def _find_author(posts: list[Post]) -> str:
    """Who wrote the posts with threadmarks, or else most of the text."""
    sizes: Counter[str] = Counter()
    for post in posts:
        sizes[post.author] += post.size if post.label or not any(other.label for other in posts) else 0
    return sizes.most_common(1)[0][0]


def _passages_of(post: Post, *, is_first: bool) -> Iterator[Passage]:
    """The passages of a post below its threadmark; a post without one begins after a scene break."""
    first = post.passages[0]
    if post.label and _letters(first.text) == _letters(post.label):
        first.role, first.level = "heading", CHAPTER_LEVEL
    elif post.label:
        yield Passage(post.label, "heading", CHAPTER_LEVEL, element=first.element)
    elif not is_first and first.role is None:
        yield Passage(SCENE_BREAK, "scene_break", element=first.element)
    yield from post.passages


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _left_out(markup: Markup, posts: list[Post], story: list[Post], kept: list[Passage]) -> Iterator[LeftOut]:
    others = [post for post in posts if not any(post is told for told in story) and post.passages]
    if others:
        yield LeftOut(excerpt(others[0].passages[0].text), f"other posts of the thread ({len(others)} posts)")
    known = {id(passage) for passage in (*kept, *(p for post in others for p in post.passages))}
    outside = [passage for passage in markup.passages if id(passage) not in known]
    if outside:
        yield LeftOut(excerpt(outside[0].text), f"from the site, around the story ({len(outside)} paragraphs)")
