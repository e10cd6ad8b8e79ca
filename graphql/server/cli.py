"""The command line: `fiador …`. Whatever goes wrong for a reason that a person can mend is one line and exit code 2.

Each command imports what it works with by itself: together they take more than a second to load, and most need a part.
"""

import gc
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from typer.exceptions import TyperException

from core.domain.access import Scope
from ports.storage import StorageUnavailable
from server.defaults import API_PORT, SANDBOX_PORT, STOP_LIMIT_SECONDS
from server.imports.columns import Kind
from server.mendable import Mendable

WRONG_USE = 2

ResultT = TypeVar("ResultT")

STOPPING = (
    "SIGTERM or Ctrl-C: accepts nothing more, finishes what is in hand, gives back the rest and ends within "
    f"{STOP_LIMIT_SECONDS} seconds. A second one ends it at once."
)

app = typer.Typer(
    name="fiador",
    help="Fiador: a GraphQL API for credit protection.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
tokens = typer.Typer(help="Bearer tokens of the API.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(tokens, name="token")
keys = typer.Typer(help="The keys of stored passwords.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(keys, name="keys")
audit = typer.Typer(help="The audit trail.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(audit, name="audit")
subjects = typer.Typer(
    help="What a person may ask for by law (LGPD, article 18).", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(subjects, name="subject")

SubjectDocument = Annotated[
    str, typer.Argument(metavar="DOCUMENT", help="CPF or CNPJ; - reads it from the standard input.")
]

Port = Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")]


@app.command(epilog=STOPPING)
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Port = API_PORT,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="How many processes; more than one need PostgreSQL.")
    ] = 1,
) -> None:
    """Serve the API, GraphiQL and the report pages, and keep what was promised to the bureau."""
    from server import serving

    _run(serving.serve(_settings(), host, port, workers))


@app.command(epilog=STOPPING)
def worker() -> None:
    """Keep what was promised to the bureau, without serving: more hands beside `fiador serve`."""
    from server import working

    _run(working.work(_settings()))


@app.command()
def sandbox(
    port: Port = SANDBOX_PORT,
    state: Annotated[Path | None, typer.Option(help="The file that it remembers everything in.")] = None,
) -> None:
    """Run the provider's sandbox alone, on this machine's own address."""
    from adapters.system.logging import configure_logging
    from server.sandbox import serve_sandbox

    configure_logging(level="WARNING")
    _run(serve_sandbox(port, state))


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    from server.services import migrate_database

    _run(migrate_database(_settings()))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")] = False,
) -> None:
    """Copy the SQLite database into a file, while the service runs and writes."""
    from server.backup_commands import write_backup

    write_backup(_settings(), file, replace=force)


@app.command()
def refetch() -> None:
    """After a restore: fetch the bureau's results from the beginning."""
    from server.backup_commands import refetch_results

    _run(refetch_results(_settings()))


@app.command()
def demo(
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Only when there is no branch yet.")] = False,
) -> None:
    """Fill the database with an invented provider. Running it twice changes nothing."""
    from server.demo.command import fill_demo

    _run(fill_demo(_settings(), only_if_empty=if_empty))


@app.command("import")
def import_records(
    kind: Annotated[Kind, typer.Argument(help="What the file holds.")],
    file: Annotated[Path | None, typer.Argument(metavar="[FILE.csv]", help="In UTF-8 or Latin-1.")] = None,
    branch: Annotated[
        str | None, typer.Option(help="The branch's external id, for files without the column `filial`.")
    ] = None,
    template_only: Annotated[
        bool, typer.Option("--template", help="Print the header of such a file.")
    ] = False,
) -> None:
    """Create and update records from a file; refused rows go to FILE.refused.csv, and the exit code is 1."""
    from server.imports.command import import_file, template
    from server.imports.reading import WrongFile

    if template_only:
        sys.stdout.write(f"{template(kind)}\n")
        return
    if file is None:
        raise WrongFile("name the file to import, or ask for its header with --template")
    if not _run(import_file(_settings(), kind, file, branch)):
        raise typer.Exit(1)


@tokens.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="Whose it is.")],
    scope: Annotated[
        list[Scope] | None, typer.Option(help="May be repeated; every scope unless given.")
    ] = None,
    branch: Annotated[
        list[str] | None,
        typer.Option(help="A branch's id in the API; may be repeated; every branch unless given."),
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="Ends after so many days.")] = None,
) -> None:
    """Make a token and show it, this once."""
    from server import token_commands

    _run(token_commands.create(_settings(), name, scope, branch, days))


@tokens.command("list")
def list_tokens() -> None:
    """Show what tokens there are; the tokens themselves are not kept."""
    from server import token_commands

    _run(token_commands.show(_settings()))


@tokens.command("revoke")
def revoke_token(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="From `fiador token list`.")],
) -> None:
    """End a token, from this moment on."""
    from server import token_commands

    _run(token_commands.revoke(_settings(), token_id))


@keys.command("generate")
def generate_key() -> None:
    """Print a new key, for FIADOR_SECRET_KEYS."""
    from server import key_commands

    key_commands.generate()


@keys.command("list")
def list_keys() -> None:
    """Show by their ids which keys are in use, and whether each of them is configured."""
    from server import key_commands

    _run(key_commands.show(_settings()))


@keys.command("rotate")
def rotate_keys() -> None:
    """Seal every stored password anew with the first key; a key file gets a new one for it. The service may go on."""
    from server import key_commands

    _run(key_commands.rotate(_settings()))


@keys.command("drop")
def drop_keys() -> None:
    """Take the keys out of the key file that no password needs any more."""
    from server import key_commands

    _run(key_commands.drop(_settings()))


@audit.command("verify")
def verify_audit(
    head: Annotated[
        str | None, typer.Option(metavar="HASH", help="A head noted earlier, which must still be there.")
    ] = None,
) -> None:
    """Walk the chain of the audit trail. Exit code 1: it does not hold. Note the head that it prints in another place."""
    from server import audit_commands

    _run(audit_commands.verify(_settings(), head))


@subjects.command("export")
def export_subject(
    document: SubjectDocument,
    file: Annotated[
        Path | None, typer.Option(help="A new file, for its owner alone; the standard output unless given.")
    ] = None,
) -> None:
    """Write all that is held of a person as JSON."""
    from server import subject_commands

    _run(subject_commands.export(_settings(), document, file))


@subjects.command("erase")
def erase_subject(
    document: SubjectDocument,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be done, and do nothing.")
    ] = False,
) -> None:
    """Erase what may be erased of a person, and tell what must be kept, and why."""
    from server import subject_commands

    _run(subject_commands.erase(_settings(), document, dry_run=dry_run))


@app.command()
def schema(
    check: Annotated[bool, typer.Option("--check", help="Compare with schema.graphql instead.")] = False,
) -> None:
    """Print the schema."""
    from api.sdl import render_schema
    from server.schema_file import complaints

    if not check:
        sys.stdout.write(render_schema())
        return
    if found := complaints():
        sys.stderr.write("".join(f"fiador: {line}\n" for line in found))
        raise typer.Exit(1)


@app.command()
def documents(
    folder: Annotated[
        Path | None, typer.Argument(help="Where the *.graphql are; the ready-made operations unless given.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="The file to write, instead of printing.")] = None,
) -> None:
    """Print the documents of a folder by their hashes, as FIADOR_TRUSTED_DOCUMENTS takes them."""
    from server.documents import manifest, write_manifest

    written = manifest(folder)
    if output is None:
        sys.stdout.write(written)
    else:
        write_manifest(output, written)


def main() -> None:
    """The entry point of the `fiador` command."""
    code: object = 0
    # What is made while a command is loaded stays: to look through it for garbage again and again takes a tenth of the time.
    gc.disable()
    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        message = error.format_message()
        if message.startswith("Usage: "):  # nothing was asked of it, so typer tells what there is
            sys.stderr.write(f"{message}\n")
            sys.exit(WRONG_USE)
        _fail(message)
    except Mendable as error:
        _fail(str(error))
    except StorageUnavailable as error:
        _fail(f"{error}: what was not answered as done is not done; see docs/operations.md")
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    finally:
        gc.enable()
    sys.exit(code if isinstance(code, int) else 0)


def _settings() -> Any:
    """The `Settings`, with the logs set up as they say. Raises WrongSettings."""
    from server.logs import set_up_logs
    from server.settings import load_settings, unknown_settings

    settings = load_settings()
    set_up_logs(settings)
    for name in unknown_settings():
        sys.stderr.write(f"fiador: {name} is no setting and is ignored\n")
    return settings


def _run(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    import uvloop

    gc.freeze()
    gc.enable()
    return uvloop.run(work)


def _fail(text: str) -> None:
    line = " ".join(text.split())
    sys.stderr.write(f"fiador: {line}\n")
    sys.exit(WRONG_USE)


if __name__ == "__main__":
    main()
