"""Draft → Findings: one module per layer; each sees only what stands nearby."""
