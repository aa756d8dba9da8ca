"""Readers of the annotated corpora, for training and benchmarks. The corpora are not part of the repository."""
