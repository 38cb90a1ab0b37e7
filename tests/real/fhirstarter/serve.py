"""A FHIR server made of FHIRStarter, on loopback only.

Ours are the handlers, written like the package's own example; routes, validation, headers, errors and the
capability statement are the package's. FHIR_SEQUENCE chooses R4B (also without it) or STU3.
"""

import operator
import os
import sys
from importlib import import_module
from inspect import Parameter, Signature
from uuid import uuid4

SEQUENCE = os.environ.setdefault("FHIR_SEQUENCE", "R4B")
if SEQUENCE not in ("R4B", "STU3"):
    sys.exit("fhirstarter: FHIR_SEQUENCE is R4B or STU3")

import uvicorn
from fhirstarter import FHIRProvider, FHIRStarter, InteractionContext
from fhirstarter.exceptions import FHIRResourceNotFoundError
from fhirstarter.resources import Bundle

# Per type, each search parameter: how it compares, and the path its values are found at.
ID = {"_id": ("code", "id")}
OF_PATIENT = ID | {"patient": ("reference", "subject.reference")}
SEARCH = {
    "Patient": ID | {
        "identifier": ("token", "identifier"), "family": ("string", "name.family"), "given": ("string", "name.given"),
        "birthdate": ("date", "birthDate"), "gender": ("code", "gender"),
    },
    "Observation": OF_PATIENT | {"subject": ("reference", "subject.reference"), "code": ("token", "code.coding"), "status": ("code", "status")},
    "Condition": OF_PATIENT | {"code": ("token", "code.coding")},
    "MedicationRequest": OF_PATIENT | {"status": ("code", "status")},
    "Encounter": OF_PATIENT | {"status": ("code", "status")},
    "DocumentReference": OF_PATIENT | {"status": ("code", "status")},
}
ORDER = {"ge": operator.ge, "gt": operator.gt, "le": operator.le, "lt": operator.lt, "eq": operator.eq}


def values(node, path):
    """Every value at a dotted path, walking through lists."""
    nodes = [node]
    for name in path.split("."):
        found = [n[name] for n in nodes if name in n]
        nodes = [v for f in found for v in (f if isinstance(f, list) else [f])]
    return nodes


def equals(kind, value, asked):
    if kind == "string":
        return value.lower().startswith(asked.lower())
    if kind == "reference":
        return value in (asked, f"Patient/{asked}")
    if kind == "date":
        compare, asked = (ORDER[asked[:2]], asked[2:]) if asked[:2] in ORDER else (operator.eq, asked)
        return compare(str(value)[: len(asked)], asked)
    if kind == "token":
        system, bar, code = asked.rpartition("|")
        same_system = not bar or value.get("system", "") == system
        return same_system and code in ("", value.get("value", value.get("code")))
    return value == asked


def matches(resource, how, asked):
    """Repeated parameters narrow the search, values with a comma between widen it."""
    kind, path = how
    found = values(resource, path)
    return all(any(equals(kind, v, one) for v in found for one in a.split(",")) for a in asked)


def serve_type(provider, name, parameters):
    model = getattr(import_module(f"fhir.resources.{SEQUENCE}.{name.lower()}"), name)
    store = {}

    @provider.read(model)
    async def read(context: InteractionContext, id_: str):
        if id_ not in store:
            raise FHIRResourceNotFoundError
        return store[id_]

    @provider.update(model)
    async def update(context: InteractionContext, id_: str, resource):
        if id_ not in store:
            raise FHIRResourceNotFoundError
        store[id_] = resource
        return id_

    # The id and not the resource, as in the example: with a resource the package answers 200 without Location.
    @provider.create(model)
    async def create(context: InteractionContext, resource):
        resource.id = str(uuid4())
        store[resource.id] = resource
        return resource.id

    async def search(context: InteractionContext, **asked):
        dumped = [r.model_dump() for r in store.values()]
        hits = [r for r in dumped if all(matches(r, parameters[n], v) for n, v in asked.items() if v)]
        entries = [{"resource": r} for r in hits] or None
        return Bundle(type="searchset", total=len(hits), entry=entries)

    # FHIRStarter reads the search parameters of a type from the names in the signature.
    context = Parameter("context", Parameter.POSITIONAL_OR_KEYWORD, annotation=InteractionContext)
    names = [Parameter(n, Parameter.POSITIONAL_OR_KEYWORD, annotation=list[str] | None) for n in parameters]
    search.__signature__ = Signature([context, *names])
    provider.search_type(model)(search)


class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print("ready", flush=True)


if __name__ == "__main__":
    port = int(sys.argv[1] if len(sys.argv) > 1 else os.environ["PORT"])
    provider = FHIRProvider()
    for resource_type, search_parameters in SEARCH.items():
        serve_type(provider, resource_type, search_parameters)
    # With its documentation pages FHIRStarter would also fetch examples from other hosts.
    app = FHIRStarter(title="FHIRStarter for integration tests", openapi_url=None)
    app.add_providers(provider)
    Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)).run()
