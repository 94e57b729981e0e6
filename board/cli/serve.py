"""`board serve`: the production server."""

import click


@click.command()
@click.option("--host", help="Address to listen on (default: BOARD_HOST).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (default: BOARD_PORT).")
@click.option("--workers", type=click.IntRange(1, 256), help="Web processes (default: BOARD_WORKERS).")
@click.option("--socket", type=click.Path(dir_okay=False), help="Listen on this Unix socket instead of a port.")
@click.option("--no-worker", is_flag=True, help="Deliver no mail here; another machine’s process does.")
def serve(host: str | None, port: int | None, workers: int | None, socket: str | None, no_worker: bool) -> None:
    """Serve Board, and deliver its mails, until stopped. The database is brought up to date first.

    \b
    Example:
      board serve --port 8010
    \b
    Signals:
      TERM, INT  stop: take no new request, answer the ones in hand
      HUP        replace the web processes one after the other, as after an upgrade
    """
    from board.operations.server import run

    run(host=host, port=port, workers=workers, socket=socket, delivers=not no_worker)
