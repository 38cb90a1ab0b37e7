"""Glewlwyd, an OAuth 2 server in C, for client_credentials with resource indicators, on loopback only.

Ours is the configuration, given over its own interface for administrators; authentication of clients, grants,
tokens, metadata and errors are Glewlwyd's. Debian's package brings the tables of its database.
"""

import ctypes
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection

TABLES = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
# What the tables come with; nobody but this machine reaches the server.
ADMINISTRATOR = {"username": "admin", "password": "password"}

CONFIGURATION = """
port={port}
bind_address="127.0.0.1"
external_url="http://127.0.0.1:{port}"
login_url="login.html"
api_prefix="api"
log_mode="console"
log_level="WARNING"
cookie_secure=0
session_key="session"
session_expiration=3600
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA512"
database = {{ type = "sqlite3"; path = "{folder}/db"; }};
"""


class Administrator:
    """Speaks with the interface for administrators, as whoever logged in."""

    def __init__(self, port):
        self.port, self.cookie = port, {}

    def post(self, path, what):
        line = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request("POST", "/api" + path, json.dumps(what), {"Content-Type": "application/json", **self.cookie})
            answer = line.getresponse()
            said = answer.read().decode()
        finally:
            line.close()
        if answer.status != 200:
            sys.exit(f"glewlwyd: {path} was answered with {answer.status} {said}")
        if given := answer.headers.get("Set-Cookie"):
            self.cookie = {"Cookie": given.split(";")[0]}


def plugin(issuer, folder):
    """The OpenID Connect plugin with client_credentials alone, signing with a key of its own."""
    key, public = os.path.join(folder, "key"), os.path.join(folder, "key.pub")
    subprocess.run(["openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", key], check=True)
    subprocess.run(["openssl", "ec", "-in", key, "-pubout", "-out", public], check=True, stderr=subprocess.DEVNULL)
    flows = {f"auth-type-{flow}-enabled": flow == "client" for flow in
             ("code", "token", "id-token", "none", "password", "client", "device", "refresh")}
    return {"module": "oidc", "name": "oidc", "display_name": "oidc", "parameters": flows | {
        "iss": issuer, "jwt-type": "ecdsa", "jwt-key-size": "256", "key": open(key).read(), "cert": open(public).read(),
        "access-token-duration": 300, "refresh-token-duration": 3600, "code-duration": 60, "refresh-token-rolling": True,
        "allow-non-oidc": True, "subject-type": "public", "secret-type": "pairwise", "jwks-show": True, "jwks-x5c": [],
        "allowed-scope": ["openid"], "address-claim": {"type": "no"}, "name-claim": "no", "email-claim": "no", "scope-claim": "no",
        "request-parameter-allow": True, "request-maximum-exp": 600, "client-pubkey-parameter": "pubkey",
        "client-jwks-parameter": "jwks", "resource-allowed": True, "resource-config": {}, "resource-client-property": "resource",
        "resource-change-allowed": True, "oauth-dpop-allowed": False, "pushed-auth-request-allowed": False,
    }}


def client(described, resources, folder):
    """A client of the same JSON file that oidc-provider reads."""
    by = described["token_endpoint_auth_method"]
    made = {
        "client_id": described["client_id"], "name": described["client_id"], "confidential": True, "enabled": True,
        "authorization_type": ["client_credentials"], "scope": described["scope"].split(), "resource": resources,
        "token_endpoint_auth_method": [by], "redirect_uri": [],
    }
    if by == "private_key_jwt":
        return made | {"pubkey": open(os.path.join(folder, described["public_key_file"])).read()}
    return made | {"password": described["client_secret"]}


def configure(port, file, folder):
    with open(file) as given:
        wanted = json.load(given)
    administrator = Administrator(port)
    administrator.post("/auth/", ADMINISTRATOR)
    administrator.post("/mod/plugin/", plugin(f"http://127.0.0.1:{port}/api/oidc", folder))
    for scope in {scope for one in wanted["clients"] for scope in one["scope"].split()}:
        administrator.post("/scope/", {"name": scope, "display_name": scope, "password_required": False, "scheme": {}})
    resources = [resource["uri"] for resource in wanted["resources"]]
    for one in wanted["clients"]:
        administrator.post("/client/", client(one, resources, os.path.dirname(file)))


def die_with_parent():
    """Killed with this script, also when that is killed itself (Linux: PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def answers(port):
    line = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("GET", "/config")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


def run(port, file):
    program = shutil.which("glewlwyd")
    if not program or not os.path.exists(TABLES):
        sys.exit("glewlwyd: not installed; run install.sh")
    with tempfile.TemporaryDirectory() as folder:
        with sqlite3.connect(os.path.join(folder, "db")) as database, open(TABLES) as tables:
            database.executescript(tables.read())
        database.close()
        configuration = os.path.join(folder, "glewlwyd.conf")
        with open(configuration, "w") as out:
            out.write(CONFIGURATION.format(folder=folder, port=port))
        # Its log goes to stdout, where the caller waits for `ready` alone.
        child = subprocess.Popen([program, "-c", configuration], stdout=sys.stderr, preexec_fn=die_with_parent)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        try:
            while child.poll() is None and not answers(port):
                time.sleep(0.05)
            if child.poll() is None:
                configure(port, file, folder)
                print("ready", flush=True)
                child.wait()
        finally:
            child.terminate()
        return max(child.wait(), 0)


if __name__ == "__main__":
    port = int(sys.argv[1] if len(sys.argv) > 1 else os.environ["PORT"])
    if "CONFIG" not in os.environ:
        sys.exit("glewlwyd: give a JSON file as CONFIG")
    sys.exit(run(port, os.environ["CONFIG"]))
