"""The `fabriek` command. `app` is where it starts."""

import sys
from collections.abc import Sequence

from fabriek_client.cli import show
from fabriek_client.errors import FactoryError

FINE, REFUSED, WRONG_USAGE, JOB_FAILED = 0, 1, 2, 3


def app() -> None:
    """Run the command line of this process and end with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows its code instead of ending the command.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Carry out one command; returns its exit code. 130 after Ctrl-C."""
    from typer.exceptions import TyperException

    from fabriek_client.cli import usage
    from fabriek_client.cli.root import make_root

    try:
        return make_root().main(list(arguments), prog_name="fabriek", standalone_mode=False) or FINE
    except FactoryError as error:
        show.refusal(error)
        return WRONG_USAGE if error.code in usage.CODES else REFUSED
    except TyperException as error:
        usage.report(error)
        return WRONG_USAGE
    except Exception as error:
        told = _vault_error(error)
        if told is None:
            raise
        show.refusal(told)
        return REFUSED


def _vault_error(error: Exception) -> FactoryError | None:
    # Most commands never load the vault, and then the error is not the vault's.
    if "fabriek_vault" not in sys.modules:
        return None
    from fabriek_client.cli.vault_errors import as_factory_error

    return as_factory_error(error)
