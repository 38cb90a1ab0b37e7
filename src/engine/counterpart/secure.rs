//! How parties speak TLS: with a certificate of this run, and asking for one of an authority that is believed.
//! What was seen of the other side goes along as facts.

use crate::engine::identity::{Identities, Who};
use crate::model::digest::digest;
use crate::model::record::Facts;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ProtocolVersion, RootCertStore, ServerConfig, ServerConnection};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// What is wrong with the certificates of a server of ours.
#[derive(Debug, thiserror::Error)]
#[error("the certificates of our counterparts cannot be used: {0}")]
pub(super) struct Unusable(String);

fn unusable(cause: impl std::fmt::Display) -> Unusable {
    Unusable(cause.to_string())
}

/// Speaks TLS as a counterpart, and believes clients of this run's authority and of these. A client may show nothing; what
/// becomes of its request is for the counterpart to say.
pub(super) fn acceptor(identities: &Identities, trusted: &[Vec<u8>]) -> Result<TlsAcceptor, Unusable> {
    let (mut roots, own_authority) = (RootCertStore::empty(), identities.authority_pem());
    for text in trusted.iter().map(Vec::as_slice).chain([own_authority.as_bytes()]) {
        for certificate in CertificateDer::pem_slice_iter(text) {
            roots.add(certificate.map_err(unusable)?).map_err(unusable)?;
        }
    }
    let own = identities.of(Who::Counterpart).ok_or_else(|| unusable("there is none"))?;
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(own.certificate_pem.as_bytes()).collect::<Result<_, _>>().map_err(unusable)?;
    let key = PrivateKeyDer::from_pem_slice(own.key_pem.as_bytes()).map_err(unusable)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_client_cert_verifier(verifier.allow_unauthenticated().build().map_err(unusable)?)
        .with_single_cert(chain, key)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The first byte of a TLS record that begins a handshake.
const HANDSHAKE: u8 = 0x16;

/// Whether a caller begins to speak TLS; who says nothing for so long is taken to.
pub(super) async fn begins_with_tls(stream: &TcpStream, patience: Duration) -> bool {
    let mut first = [0_u8; 1];
    match tokio::time::timeout(patience, stream.peek(&mut first)).await {
        Ok(Ok(1)) => first[0] == HANDSHAKE,
        Ok(_) | Err(_) => true,
    }
}

/// What was seen of the other side.
pub(super) fn facts(session: &ServerConnection) -> Facts {
    let tls = session.protocol_version().map(|version| match version {
        ProtocolVersion::TLSv1_2 => "1.2".to_owned(),
        ProtocolVersion::TLSv1_3 => "1.3".to_owned(),
        other => format!("{other:?}"),
    });
    let peer = session.peer_certificates().and_then(|chain| chain.first());
    Facts { tls, peer_certificate: peer.map(|certificate| digest(certificate)), ..Facts::default() }
}
