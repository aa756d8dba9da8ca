"""Draft → Findings: one module per layer; each looks only at the text nearby."""
