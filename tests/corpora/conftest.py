import pytest
from small_corpus import write_corpus


@pytest.fixture
def corpus(tmp_path):
    """The folder of a corpus with the novel Small in its dev split."""
    return write_corpus(tmp_path / "pdnc")
