"""``{contracts}``: the kinds, what a class of each must offer, and the page that shows one of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generated import Generated, table

import qsim.scenario.scenario  # noqa: F401  (the contract of runtimes)
from qsim import registry

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class Contracts(Generated):
    """One table: kind, contract, what it asks for, how-to page."""

    def lines(self) -> list[str]:
        """The table, from the contracts that `qsim.register` holds classes to."""
        rows = [
            (
                f"`{contract.kind}`",
                f"`{contract.asks.__module__}.{contract.asks.__qualname__}`",
                ", ".join(f"`{member}`" for member in contract.members()),
                f"[{contract.page.rpartition('/')[2].removesuffix('.md')}](/{contract.page})",
                ", ".join(f"`{name}`" for name in registry.names(contract.kind)),
            )
            for contract in registry.contracts()
        ]
        return table(("kind", "contract", "asks for", "how to", "registered"), rows)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("contracts", Contracts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
