"""An nginx that serves one patient to whoever shows a client certificate, and looks at the list of revoked ones (ssl_crl).

Who is let in is decided by nginx and OpenSSL. Ours is what an administrator does beside it: in FOLDER is ids/authority.pem, written
when a run begins; the list is fetched from the address in ids/party.pem, twice in each SECONDS, and nginx is started anew with it.
FAULT is `none`, `never` (no list is given to nginx), `once` (it is fetched once) or `forgiving` (while it cannot be fetched, none is given).
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

from front import die_with_parent, listens

CONFIGURATION = """
daemon off; master_process off; pid {folder}/pid; error_log stderr error;
events {{ worker_connections 256; }}
http {{
    access_log off; server_tokens off; default_type application/fhir+json;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
        ssl_client_certificate {folder}/ids/authority.pem; ssl_verify_client on; {list}
        location = /fhir/metadata {{
            return 200 '{{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{{"mode":"server"}}]}}';
        }}
        location = /fhir/Patient/p1 {{
            return 200 '{{"resourceType":"Patient","id":"p1","name":[{{"family":"Bakoremu"}}],"address":[{{"city":"Wolvenkade"}}]}}';
        }}
        location / {{ return 404 '{{"resourceType":"OperationOutcome","issue":[{{"severity":"error","code":"not-found"}}]}}'; }}
    }}
}}
"""


def openssl(*arguments, given=None):
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=False)


class Door:
    """nginx on a port of its own, with the list as it was last had."""

    def __init__(self, folder, seconds, fault):
        self.folder, self.seconds, self.fault = folder, seconds, fault
        self.child, self.port = None, None
        self.list, self.asked, self.had = None, 0.0, False

    def fetch(self):
        """The list in PEM, if there is one that has not ended."""
        shown = openssl("x509", "-in", f"{self.folder}/ids/party.pem", "-noout", "-ext", "crlDistributionPoints")
        address = shown.stdout.decode().split("URI:")[1].split()[0]
        try:
            answer = urllib.request.urlopen(address, timeout=1).read()
        except OSError:
            return None
        made = openssl("crl", "-inform", "DER", given=answer)
        until = openssl("crl", "-noout", "-nextupdate", "-dateopt", "iso_8601", given=made.stdout).stdout.decode()
        now = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
        return made.stdout if made.returncode == 0 and until.strip().split("=", 1)[-1] > now else None

    def upstream(self):
        """The port of an nginx that knows what is to be known now; nothing if there is none."""
        due = time.monotonic() - self.asked > self.seconds / 2 and not (self.fault == "once" and self.list)
        if due:
            found = self.fetch()
            self.asked, self.had, self.list = time.monotonic(), bool(found), found or self.list
            self.start()
        return self.port if self.child else None

    def start(self):
        if self.child:
            self.child.kill()
            self.child.wait()
            self.child = None
        without = self.fault == "never" or (self.fault == "forgiving" and not self.had)
        if not self.list and not without:
            return
        given = ""
        if not without:
            with open(f"{self.folder}/list.pem", "wb") as out:
                out.write(self.list)
            given = f"ssl_crl {self.folder}/list.pem;"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        file = f"{self.folder}/nginx.conf"
        with open(file, "w") as out:
            out.write(CONFIGURATION.format(folder=self.folder, port=self.port, list=given))
        program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if not program:
            sys.exit("nginx: not installed; run install.sh")
        self.child = subprocess.Popen([program, "-e", "stderr", "-p", self.folder, "-c", file], preexec_fn=die_with_parent)
        while self.child.poll() is None and not listens(self.port):
            time.sleep(0.02)


def pass_on(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    finally:
        for one in (source, sink):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def serve(caller, port):
    """Hands bytes on, unread: TLS is between the caller and nginx."""
    with caller, socket.create_connection(("127.0.0.1", port)) as inner:
        threading.Thread(target=pass_on, args=(inner, caller), daemon=True).start()
        pass_on(caller, inner)


if __name__ == "__main__":
    own, folder = int(sys.argv[1] if len(sys.argv) > 1 else os.environ["PORT"]), os.environ["FOLDER"]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    made = openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                   "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE",
                   "-keyout", f"{folder}/server.key", "-out", f"{folder}/server.pem")
    if made.returncode:
        sys.exit(made.stderr.decode())
    door = Door(folder, float(os.environ.get("SECONDS", "2")), os.environ.get("FAULT", "none"))
    with socket.create_server(("127.0.0.1", own), backlog=64) as listener:
        print("ready", flush=True)
        while True:
            caller = listener.accept()[0]
            # Here and in no other thread: nginx ends with the one that started it.
            port = door.upstream()
            if port:
                threading.Thread(target=serve, args=(caller, port), daemon=True).start()
            else:
                caller.close()
