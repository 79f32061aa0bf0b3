from __future__ import annotations

from audit.selectors.lines import chain_faults, chain_head, history

__all__ = ["chain_faults", "chain_head", "history"]
