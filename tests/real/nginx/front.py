"""An nginx before another server, on loopback only: honest, or with one fault as found in the wild.

Ours is the configuration below; how nginx carries it out is nginx's. It runs as one process without root, with
every file it needs in a folder of its own. FAULT chooses what goes wrong; UPSTREAM is the server behind;
RATE is how many requests a second `rate-limited` lets through.
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

# Directives of the one location. A directive here replaces what nginx would pass on by itself.
FAULTS = {
    # What a careful administrator has: nothing that a client could stumble over.
    "none": """
        add_header X-Request-Id $request_id always;
        add_header Strict-Transport-Security "max-age=31536000" always;
        add_header X-Content-Type-Options nosniff always;
    """,
    # A cache that keeps everybody's answers apart, for a moment; its header says whether it was asked before.
    "cached-per-token": """
        proxy_cache one; proxy_cache_key $http_authorization$request_uri; proxy_cache_valid any 1s; proxy_cache_methods GET;
        proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;
        add_header X-Cache $upstream_cache_status always;
    """,
    "prefer-dropped": "proxy_set_header Prefer '';",
    "if-match-dropped": "proxy_set_header If-Match '';",
    "etag-dropped": "proxy_hide_header ETag;",
    "content-type-rewritten": "proxy_hide_header Content-Type; add_header Content-Type text/html always;",
    "html-404": "proxy_intercept_errors on; error_page 404 /toetssteen-404.html;",
    "errors-as-200": "proxy_intercept_errors on; error_page 404 =200 /toetssteen-404.html;",
    "location-dropped": "proxy_hide_header Location;",
    "rate-limited": "limit_req zone=pace burst=5 nodelay; limit_req_status 429;",
    "cached-for-all": """
        proxy_cache one; proxy_cache_key $request_uri; proxy_cache_valid 200 10m; proxy_cache_methods GET;
        proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;
        add_header X-Cache $upstream_cache_status always;
    """,
}

CONFIGURATION = """
daemon off; master_process off; pid {folder}/pid; error_log stderr error;
events {{ worker_connections 256; }}
http {{
    access_log off; server_tokens off; default_type application/octet-stream;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    proxy_cache_path {folder}/cache keys_zone=one:1m;
    limit_req_zone $binary_remote_addr zone=pace:1m rate={rate}r/s;
    server {{
        listen 127.0.0.1:{port};
        location = /toetssteen-404.html {{
            internal; default_type text/html;
            return 404 '<html><body><h1>Not found</h1></body></html>';
        }}
        location / {{
            proxy_pass {upstream}; proxy_http_version 1.1; proxy_set_header Connection '';
            proxy_set_header Host $http_host;
            {fault}
        }}
    }}
}}
"""


def die_with_parent():
    """Killed with this script, also when that is killed itself (Linux: PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run(port, upstream, fault):
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not program:
        sys.exit("nginx: not installed; run install.sh")
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "nginx.conf")
        with open(file, "w") as out:
            out.write(CONFIGURATION.format(folder=folder, port=port, upstream=upstream, fault=FAULTS[fault],
                                           rate=os.environ.get("RATE", "20")))
        child = subprocess.Popen([program, "-e", "stderr", "-p", folder, "-c", file], preexec_fn=die_with_parent)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        while child.poll() is None and not listens(port):
            time.sleep(0.02)
        if child.poll() is None:
            print("ready", flush=True)
        return max(child.wait(), 0)


if __name__ == "__main__":
    port = int(sys.argv[1] if len(sys.argv) > 1 else os.environ["PORT"])
    fault = os.environ.get("FAULT", "none")
    if fault not in FAULTS or "UPSTREAM" not in os.environ:
        sys.exit(f"nginx: give UPSTREAM, and as FAULT one of {', '.join(FAULTS)}")
    sys.exit(run(port, os.environ["UPSTREAM"], fault))
