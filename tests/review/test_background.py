"""Reading again in the background: the newest corrections alone, and no longer than a person waits."""

import threading

import pytest
from handmade import make

from dramaturg.corrections.model import Corrections, NarratorCorrection
from dramaturg.reading import Reading
from dramaturg.review.background import BackgroundReader


def test_only_what_was_asked_for_last_is_given() -> None:
    started, go_on = threading.Event(), threading.Event()

    def read(corrections: Corrections) -> Reading:
        started.set()
        assert go_on.wait(60)
        return make(corrections.narrator.name if corrections.narrator and corrections.narrator.name else "", [], [])

    with BackgroundReader(read, patience=None) as reader:
        reader.ask(Corrections(narrator=NarratorCorrection("Ann")))
        assert started.wait(60)
        reader.ask(Corrections(narrator=NarratorCorrection("Bo")))
        go_on.set()
        newest = reader.newest()

    assert newest is not None and newest.story.text == "Bo"


def test_nobody_waits_for_a_slow_reading() -> None:
    go_on = threading.Event()

    def read(corrections: Corrections) -> Reading:
        assert go_on.wait(60)
        return make("", [], [])

    with BackgroundReader(read, patience=0.01) as reader:
        reader.ask(Corrections())
        assert reader.newest() is None
        go_on.set()


def test_an_error_is_raised_to_whoever_asks() -> None:
    def read(corrections: Corrections) -> Reading:
        raise ValueError("a fault")

    with BackgroundReader(read, patience=None) as reader:
        reader.ask(Corrections())
        with pytest.raises(ValueError, match="a fault"):
            reader.newest()
