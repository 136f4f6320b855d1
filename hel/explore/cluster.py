"""Points on the workers of a Dask scheduler; what comes back is what a process of this machine would say."""

from __future__ import annotations

import asyncio
import logging
import os
import uuid
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from golden.errors import HelError
from hel.arguments import UsageError
from hel.explore import sources
from hel.explore.hands import Answer
from hel.explore.points import Point

__all__ = ["connected", "run"]

PATIENCE_S = 5.0
"""So long a scheduler, and a first worker, are waited for."""
_START = "start one with `dask scheduler` and `dask worker ADDRESS`, or drop --scheduler to run on this machine"


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """A client of the scheduler, which has workers with our sources. Raises UsageError where it is not so."""
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise UsageError(
            f"--scheduler needs Dask, {error.name} is not installed; pip install 'hel-fpga[explore]'"
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said in a line of ours
    try:
        asyncio.run(_identity(address))
    except Exception as error:  # whatever comes from a port that is no scheduler's
        raise UsageError(f"--scheduler must lead to a Dask scheduler, got {address}: {_why(error)}; {_START}") from None
    client = Client(address, timeout=PATIENCE_S, set_as_default=False)
    try:
        _check(client, address)
        yield client
    finally:
        with suppress(OSError, TimeoutError):
            client.close(timeout=2)


def _why(error: Exception) -> str:
    if isinstance(error, ValueError):
        return str(error)
    if isinstance(error, (OSError, TimeoutError)):
        return f"no answer within {PATIENCE_S:g} s"
    return f"what answers there is none ({type(error).__name__})"


async def _identity(address: str) -> None:
    """Asks for it once: a client that cannot connect goes on trying when it is thrown away."""
    from distributed.core import rpc

    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.hostname is None or parts.port is None:  # the port may raise ValueError, too
        raise ValueError("a host and a port are missing, as in tcp://127.0.0.1:8786")
    async with rpc(address, timeout=PATIENCE_S) as scheduler:
        found = await asyncio.wait_for(scheduler.identity(), PATIENCE_S)
    if found.get("type") != "Scheduler":
        raise ValueError(f"that is a {found.get('type')}")


def _check(client: Any, address: str) -> None:
    """Workers there are, and all have the sources that we have."""
    from hel.explore import remote

    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError:
        raise UsageError(f"a scheduler must have workers, {address} has none; {_START}") from None
    rule = f"every worker must have hel-fpga with the sources of this one ({sources.ours()})"
    way_out = "install the same version there, and start the workers anew"
    try:
        versions = client.run(remote.version)
    except Exception as error:  # whatever a worker says that cannot even load the function
        raise UsageError(f"{rule}, one says {type(error).__name__}: {error}; {way_out}") from None
    for worker, version in versions.items():
        if version != sources.ours():
            raise UsageError(f"{rule}, {worker} has {version}; {way_out}")


def run(points: Sequence[Point], command: str, client: Any) -> Generator[tuple[Point, Answer]]:
    """Every point with its answer, as they come; leaving it ends all that runs."""
    from distributed import as_completed

    from hel.explore import remote

    folder, run_id = os.getcwd(), uuid.uuid4().hex  # a point that is asked again is run again
    asked = {}
    try:
        for point in points:
            key = f"hel-{command}-{point.digest}-{run_id}"
            asked[client.submit(remote.answer, point.argv, folder, key=key, pure=False, retries=0)] = point
        for future in as_completed(list(asked), loop=client.loop):
            yield asked[future], _answer(future)
            future.release()
    finally:
        with suppress(Exception):  # the scheduler may be what has gone
            client.cancel(list(asked), force=True)


def _answer(future: Any) -> Answer:
    """What a worker said; of a worker that died, how. Raises HelError where the scheduler has gone."""
    from distributed.client import FutureCancelledError
    from distributed.scheduler import KilledWorker

    try:
        answer: Answer = future.result()
    except KilledWorker as error:
        words = f"hel: the Dask workers that ran it died, last {error.last_worker.address}; look at their logs\n"
        return Answer(1, "", words, 0.0)
    except (FutureCancelledError, OSError):
        raise HelError(
            "a scheduler must run until all points are done, it has gone or dropped them; start it, and this, again:"
            " rows that are there stay"
        ) from None
    except Exception as error:
        return Answer(1, "", f"hel: the worker failed, {type(error).__name__}: {' '.join(str(error).split())}", 0.0)
    return answer
