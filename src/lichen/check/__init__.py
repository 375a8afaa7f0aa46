"""The verdict: questions in their order, findings with evidence, one sentence."""
