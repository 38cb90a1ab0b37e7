//! The secure side of a connection: what we show of ourselves, and whom we let in.
//! There is no way round it: no certificate goes unread, and nothing falls back to plain text.

use crate::app::App;
use crate::clock::Clock;
use crate::config::Tls;
use crate::defect::Defect;
use crate::revocation::{Register, Standing};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer, UnixTime};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::time_provider::TimeProvider;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Who has to show a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// Everybody who connects.
    Everybody,
    /// Only with a defect: whoever likes.
    WhoeverLikes,
}

/// Both ends of a connection, with one certificate and one authority.
#[derive(Clone)]
pub(crate) struct Ends {
    pub(crate) usher: Arc<Usher>,
    pub(crate) connector: TlsConnector,
    /// Only with a defect: calls without a certificate.
    pub(crate) bare: TlsConnector,
}

/// Lets partners in, by what is known of their certificates at that moment.
pub(crate) struct Usher {
    ground: Ground,
    /// With which everybody is let in whose certificate is good by itself.
    acceptor: TlsAcceptor,
    register: Option<Register>,
}

/// What the side of the server is made from.
struct Ground {
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    asks: Asks,
    clock: Clock,
}

impl fmt::Debug for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ends(…)")
    }
}

impl Ends {
    /// Reads what was given; what cannot be used keeps the reference from starting.
    pub(crate) fn read(tls: &Tls, asks: Asks, clock: &Clock) -> io::Result<Self> {
        let unusable = |what: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("the {what} cannot be used"));
        let provider = Arc::new(ring::default_provider());
        let chain = certificates(&tls.certificate_pem).ok_or_else(|| unusable("certificate"))?;
        let key = PrivateKeyDer::from_pem_slice(tls.key_pem.as_bytes()).map_err(|_| unusable("private key"))?;
        let mut roots = RootCertStore::empty();
        for authority in certificates(&tls.authority_pem).ok_or_else(|| unusable("authority"))? {
            roots.add(authority).map_err(|_| unusable("authority"))?;
        }
        let roots = Arc::new(roots);
        let nobody = nobody(&provider, &roots);
        let client = client(Arc::clone(&provider), Arc::clone(&roots), chain.clone(), key.clone_key());
        let ground = Ground { provider, roots, chain, key, asks, clock: clock.clone() };
        let acceptor = ground.acceptor(None).ok_or_else(|| unusable("certificate with that key"))?;
        let usher = Usher { ground, acceptor, register: tls.revocation.clone().map(Register::new) };
        Ok(Self {
            usher: Arc::new(usher),
            connector: TlsConnector::from(Arc::new(client.ok_or_else(|| unusable("certificate with that key"))?)),
            bare: TlsConnector::from(Arc::new(nobody.ok_or_else(|| unusable("authority"))?)),
        })
    }
}

impl Usher {
    /// What the next connection is made with; nothing if nobody is let in.
    pub(crate) async fn acceptor(&self, app: &App) -> Option<TlsAcceptor> {
        let Some(register) = &self.register else { return Some(self.acceptor.clone()) };
        match register.standing(app).await {
            Standing::Unchecked => Some(self.acceptor.clone()),
            Standing::Unknown => None,
            Standing::Listed(list) => {
                let ended = if app.setup.has(Defect::OldStatusListTrusted) { Ended::Counts } else { Ended::IsNone };
                self.ground.acceptor(Some((list, ended)))
            }
        }
    }
}

/// Whether a list that has ended goes on to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    IsNone,
    /// Only with a defect.
    Counts,
}

impl Ground {
    fn acceptor(&self, list: Option<(Vec<u8>, Ended)>) -> Option<TlsAcceptor> {
        let guard = WebPkiClientVerifier::builder_with_provider(Arc::clone(&self.roots), Arc::clone(&self.provider));
        let guard = match self.asks {
            Asks::Everybody => guard,
            Asks::WhoeverLikes => guard.allow_unauthenticated(),
        };
        let looks = list.is_some();
        let guard = match list {
            None => guard,
            Some((list, ended)) => {
                let guard = guard.with_crls([CertificateRevocationListDer::from(list)]);
                if ended == Ended::IsNone { guard.enforce_revocation_expiration() } else { guard }
            }
        };
        let guard = guard.build().ok()?;
        let provider = Arc::clone(&self.provider);
        let server = match looks {
            false => ServerConfig::builder_with_provider(provider),
            // When a list ends is a matter of this clock.
            true => ServerConfig::builder_with_details(provider, Arc::new(By(self.clock.clone()))),
        };
        let server = server.with_safe_default_protocol_versions().ok()?.with_client_cert_verifier(guard);
        let server = server.with_single_cert(self.chain.clone(), self.key.clone_key()).ok()?;
        Some(TlsAcceptor::from(Arc::new(server)))
    }
}

/// The time of the reference, as TLS asks for it.
#[derive(Debug)]
struct By(Clock);

impl TimeProvider for By {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().unix_timestamp()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

fn client(
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Option<ClientConfig> {
    let client = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    client.with_root_certificates(roots).with_client_auth_cert(chain, key).ok()
}

fn nobody(provider: &Arc<CryptoProvider>, roots: &Arc<RootCertStore>) -> Option<ClientConfig> {
    let client =
        ClientConfig::builder_with_provider(Arc::clone(provider)).with_safe_default_protocol_versions().ok()?;
    Some(client.with_root_certificates(Arc::clone(roots)).with_no_client_auth())
}

/// Every certificate of a PEM text; nothing when there is none, or one that cannot be read.
fn certificates(pem: &str) -> Option<Vec<CertificateDer<'static>>> {
    let all: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>().ok()?;
    (!all.is_empty()).then_some(all)
}
