//! Servers of others, started by the scripts of this folder on free ports and stopped by process id.
//! Nothing here knows what is tested.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long a server may take until it prints `ready`.
const PATIENCE: Duration = Duration::from_secs(120);

/// The folder of the scripts.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real")
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// The token services of others; both read the same file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenService {
    OidcProvider,
    Glewlwyd,
}

impl TokenService {
    /// The path of its issuer.
    pub const fn issuer(self) -> &'static str {
        match self {
            Self::OidcProvider => "",
            Self::Glewlwyd => "/api/oidc",
        }
    }
}

/// A server that runs until this is dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub port: u16,
    _notices: tempfile::TempDir,
}

impl Server {
    /// Medplum's router; `known_as` is its address where something stands in front.
    pub fn medplum(metadata: bool, known_as: Option<&str>) -> Self {
        let mut command = node("medplum/server.js");
        if metadata {
            command.env("METADATA", "1");
        }
        if let Some(base) = known_as {
            command.env("BASE", base);
        }
        Self::start("medplum", command, free_port())
    }

    /// `FHIRStarter`, FHIR R4B.
    pub fn fhirstarter() -> Self {
        Self::start("fhirstarter", python("fhirstarter/serve.py"), free_port())
    }

    /// `FHIRStarter`, FHIR STU3.
    pub fn fhirstarter_stu3() -> Self {
        let mut command = python("fhirstarter/serve.py");
        command.env("FHIR_SEQUENCE", "STU3");
        Self::start("fhirstarter", command, free_port())
    }

    /// fhirsnake.
    pub fn fhirsnake() -> Self {
        Self::start("fhirsnake", python("fhirsnake/serve.py"), free_port())
    }

    /// A token service, with a configuration file.
    pub fn tokens(service: TokenService, config: &Path) -> Self {
        Self::tokens_on(free_port(), service, config)
    }

    /// The same on this port, where the file names the address of the token service itself.
    pub fn tokens_on(port: u16, service: TokenService, config: &Path) -> Self {
        let (name, mut command) = match service {
            TokenService::OidcProvider => ("oidc-provider", node("oidc-provider/provider.js")),
            TokenService::Glewlwyd => ("glewlwyd", system("glewlwyd/serve.py")),
        };
        command.env("CONFIG", config);
        Self::start(name, command, port)
    }

    /// A holder on this port that hands on to `upstream` whoever has a token for `audience`.
    pub fn holder(port: u16, issuer: &str, audience: &str, upstream: &Self) -> Self {
        let mut command = node("oidc-provider/holder.js");
        command.env("ISSUER", issuer).env("AUDIENCE", audience).env("UPSTREAM", upstream.url(""));
        Self::start("holder", command, port)
    }

    /// nginx on this port before `upstream` (scheme, host and port), with a fault or `none`; `rate-limited`
    /// lets through so many requests a second.
    pub fn front(port: u16, upstream: &str, fault: &str, rate: u32) -> Self {
        let mut command = system("nginx/front.py");
        command.env("UPSTREAM", upstream).env("FAULT", fault).env("RATE", rate.to_string());
        Self::start("nginx", command, port)
    }

    /// nginx behind a client certificate on this port, with a fault or `none`; its own certificate is written to this
    /// file, and the identities of a run are looked for beside it.
    pub fn door(port: u16, certificate: &Path, fault: &str) -> Self {
        let mut command = system("nginx/door.py");
        command.env("FOLDER", certificate.parent().expect("a folder")).env("FAULT", fault).env("SECONDS", "2");
        Self::start("nginx", command, port)
    }

    /// Its address, with this path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn start(name: &str, mut command: Command, port: u16) -> Self {
        let notices = tempfile::tempdir().expect("a folder for notices");
        let file = notices.path().join("stderr");
        // What a server leaves lying about goes with the notices.
        command.env("TMPDIR", notices.path());
        command.arg(port.to_string()).stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(File::create(&file).expect("a file for notices"));
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{name} cannot be started: {error}"));
        let stdout = child.stdout.take().expect("its output");
        let server = Self { child, port, _notices: notices };
        let (say, hear) = mpsc::channel();
        std::thread::spawn(move || {
            // Read to the end, or a talkative server would stand still.
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if line == "ready" {
                    let _ = say.send(());
                }
            }
        });
        if hear.recv_timeout(PATIENCE).is_err() {
            let said = std::fs::read_to_string(&file).unwrap_or_default();
            panic!("{name} did not say `ready` on port {port} within {PATIENCE:?}; it said:\n{said}");
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn node(script: &str) -> Command {
    let stamp = folder().join(script).with_file_name("node_modules").join(".installed");
    installed(&stamp);
    let mut command = Command::new("node");
    command.arg(folder().join(script));
    command
}

fn python(script: &str) -> Command {
    installed(&folder().join(".venv/.installed"));
    let mut command = Command::new(folder().join(".venv/bin/python"));
    command.arg(folder().join(script));
    command
}

/// What Debian brings is started by Python alone; the script says what is missing.
fn system(script: &str) -> Command {
    let mut command = Command::new("python3");
    command.arg(folder().join(script));
    command
}

/// Without its servers a test fails: skipping in silence would look like passing.
fn installed(stamp: &Path) {
    assert!(
        stamp.exists(),
        "the servers of others are not installed ({} is missing): run tests/real/install.sh",
        stamp.display()
    );
}
