//! The secure side of a connection: what we show of ourselves, and whom we let in.
//! There is no way round it: no certificate goes unread, and nothing falls back to plain text.

use crate::config::Tls;
use std::fmt;
use std::io;
use std::sync::Arc;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
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
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) connector: TlsConnector,
    /// Only with a defect: calls without a certificate.
    pub(crate) bare: TlsConnector,
}

impl fmt::Debug for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ends(…)")
    }
}

impl Ends {
    /// Reads what was given; what cannot be used keeps the reference from starting.
    pub(crate) fn read(tls: &Tls, asks: Asks) -> io::Result<Self> {
        let unusable = |what: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("the {what} cannot be used"));
        let provider = Arc::new(ring::default_provider());
        let chain = certificates(&tls.certificate_pem).ok_or_else(|| unusable("certificate"))?;
        let key = PrivateKeyDer::from_pem_slice(tls.key_pem.as_bytes()).map_err(|_| unusable("private key"))?;
        let mut roots = RootCertStore::empty();
        for authority in certificates(&tls.authority_pem).ok_or_else(|| unusable("authority"))? {
            roots.add(authority).map_err(|_| unusable("authority"))?;
        }
        let roots = Arc::new(roots);
        let server = server(&provider, &roots, (chain.clone(), key.clone_key()), asks);
        let nobody = nobody(&provider, &roots);
        let client = client(provider, roots, chain, key);
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(server.ok_or_else(|| unusable("certificate with that key"))?)),
            connector: TlsConnector::from(Arc::new(client.ok_or_else(|| unusable("certificate with that key"))?)),
            bare: TlsConnector::from(Arc::new(nobody.ok_or_else(|| unusable("authority"))?)),
        })
    }
}

fn server(
    provider: &Arc<CryptoProvider>,
    roots: &Arc<RootCertStore>,
    (chain, key): (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>),
    asks: Asks,
) -> Option<ServerConfig> {
    let guard = WebPkiClientVerifier::builder_with_provider(Arc::clone(roots), Arc::clone(provider));
    let guard = match asks {
        Asks::Everybody => guard,
        Asks::WhoeverLikes => guard.allow_unauthenticated(),
    };
    let guard = guard.build().ok()?;
    let server =
        ServerConfig::builder_with_provider(Arc::clone(provider)).with_safe_default_protocol_versions().ok()?;
    server.with_client_cert_verifier(guard).with_single_cert(chain, key).ok()
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
