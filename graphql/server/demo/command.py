"""`fiador demo`: the demo provider, a progress bar, and a token to start with."""

import sys
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from core.domain.access import Scope, Unauthenticated
from core.use_cases.create_token import CreateToken, CreateTokenCommand
from core.use_cases.identify_caller import IdentifyCaller, IdentifyCallerCommand
from server.container import make
from server.demo.fill import DEMO, Demo
from server.demo.records import PROVIDER
from server.private_files import DEMO_TOKEN_FILE, make_data_folder, read_private, write_private
from server.services import Services, open_services
from server.settings import Settings

TOKEN_NAME = "demo"  # noqa: S105 - the name of one


async def fill_demo(settings: Settings, *, only_if_empty: bool) -> None:
    """Fill the database and leave a token in `.fiador/demo-token`. Raises WrongSettings."""
    async with open_services(settings, with_sandbox=True) as services:
        demo = make(services.container, Demo)
        if only_if_empty and not await demo.is_wanted():
            return
        with Progress(
            TextColumn("{task.description:<14}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=Console(stderr=True),
        ) as progress:

            def stage(name: str, size: int) -> Callable[[int], None]:
                task = progress.add_task(name, total=size)
                return lambda done: progress.advance(task, done)

            await demo.fill(stage, sandbox=services.sandbox_address is not None)
        await _keep_token(services)
    sys.stdout.write(f"{PROVIDER} is there; its token is in {DEMO_TOKEN_FILE}\n")


async def _keep_token(services: Services) -> None:
    """Make the demo's token unless there is one that still opens this database."""
    make_data_folder()
    if DEMO_TOKEN_FILE.exists():
        known = read_private(DEMO_TOKEN_FILE)
        try:
            await services.container.resolve(IdentifyCaller)(IdentifyCallerCommand(token=known))
        except Unauthenticated:
            pass
        else:
            return
    command = CreateTokenCommand(caller=DEMO, name=TOKEN_NAME, scopes=frozenset(Scope))
    created = await services.container.resolve(CreateToken)(command)
    write_private(DEMO_TOKEN_FILE, created.token, replace=True)
