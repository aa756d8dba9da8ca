"""The speaker and the addressees of each utterance."""
