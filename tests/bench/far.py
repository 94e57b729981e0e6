"""A way to a server on this machine that is as long as one to a far place: every byte comes half a round trip late."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CHUNK_BYTES = 65_536


@contextmanager
def far(port: int, round_trip_ms: float) -> Iterator[int]:
    """Pass on what comes to a port of its own, which is given, to `port`. Connecting itself takes no time."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    half_seconds = round_trip_ms / 2000

    async def carry(source: asyncio.StreamReader, goal: asyncio.StreamWriter) -> None:
        while data := await source.read(CHUNK_BYTES):
            loop.call_later(half_seconds, goal.write, data)
        loop.call_later(half_seconds, goal.close)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer), return_exceptions=True)

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(meet, "127.0.0.1", 0)

    async def end() -> None:
        server.close()
        carrying = asyncio.all_tasks() - {asyncio.current_task()}
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
