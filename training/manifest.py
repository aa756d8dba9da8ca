"""Write the manifest of the weights: the command that made each file, and its SHA-256. Every stage updates it.

python -m training.manifest
"""

import hashlib
import json
from pathlib import Path

from dramaturg.weights import FILES

WEIGHTS = Path(__file__).parents[1] / "src" / "dramaturg" / "weights"

MADE_BY = {
    "addressees.npz": "python -m training.addressees",
    "calibration.npz": "python -m training.ranker",
    "conversation_network.npz": "python -m training.ranker",
    "encoder.onnx": "python -m training.to_onnx",
    "facts.npz": "python -m training.facts --corpora DIR",
    "heads.npz": "python -m training.to_onnx",
    "identity.npz": "python -m training.identity",
    "speakers.npz": "python -m training.ranker",
    "speakers_second_pass.npz": "python -m training.ranker",
    "supersenses.npz": "python -m training.supersenses",
    "turn_transitions.npz": "python -m training.ranker",
    "voice_embedding.npz": "python -m training.ranker",
    "vocabulary.txt": "python -m training.to_onnx",
}
LEARNED_FROM = (
    "the train novels of PDNC (Vishnubhotla, Hammond & Hirst 2022), modern stories annotated for this project by a "
    "large language model, LitBank's train documents (Bamman et al. 2019), UD "
    "English EWT and GUM without its fiction, SemCor's train documents (Miller et al. 1993), from all-MiniLM-L6-v2; "
    "licences: docs/model-card.md"
)


def write_manifest() -> None:
    """Write `manifest.json` in the folder of the weights. Files that do not exist yet are left out."""
    entries = {
        name: {"sha256": hashlib.sha256((WEIGHTS / name).read_bytes()).hexdigest(), "made_by": MADE_BY[name]}
        for name in FILES
        if (WEIGHTS / name).exists()
    }
    text = json.dumps({"learned_from": LEARNED_FROM, "files": entries}, indent=1) + "\n"
    temporary = WEIGHTS / "manifest.new"
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(WEIGHTS / "manifest.json")


if __name__ == "__main__":
    write_manifest()
