"""fhirsnake as published, on loopback only: not one route or answer is ours."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import uvicorn


class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print("ready", flush=True)


if __name__ == "__main__":
    port = int(sys.argv[1] if len(sys.argv) > 1 else os.environ["PORT"])
    # fhirsnake imports its modules by bare name and reads `resources` in the working directory.
    sys.path.insert(0, find_spec("fhirsnake").submodule_search_locations[0])
    os.chdir(Path(__file__).resolve().parent)
    Server(uvicorn.Config("main:app", host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)).run()
