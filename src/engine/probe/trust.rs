//! Whom we believe over TLS: the public authorities, and those that the target file adds.
//! Nothing here can be told to skip a check.

use super::stage;
use crate::model::record::FaultPhase;
use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Resumption, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// Trusted authorities, ready for use by every probe.
#[derive(Clone, Debug)]
pub struct Trust {
    config: Arc<ClientConfig>,
}

/// A client certificate with its key, in PEM.
#[derive(Clone, Copy)]
pub struct Proof<'p> {
    /// The certificate, and those between it and its authority.
    pub certificate: &'p [u8],
    /// Its private key.
    pub key: &'p [u8],
}

/// Why an added authority cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// A file holds no certificate in PEM.
    #[error("trusted authority {0} of the target file holds no PEM certificate")]
    NoCertificate(usize),
    /// A certificate cannot be read.
    #[error("trusted authority {0} of the target file cannot be read as a certificate")]
    Unreadable(usize),
    /// The TLS library refuses its own defaults.
    #[error("TLS cannot be set up")]
    Setup,
}

impl Trust {
    /// The public authorities and those in these PEM texts, counted from 1 in errors.
    ///
    /// # Errors
    /// If a text holds no certificate, or one that cannot be read.
    pub fn with(added: &[Vec<u8>]) -> Result<Self, TrustError> {
        Self::showing(added, None)
    }

    /// The same, showing this certificate to whoever asks for one.
    ///
    /// # Errors
    /// As [`Self::with`], and if certificate and key are not what they should be.
    pub fn showing(added: &[Vec<u8>], proof: Option<Proof<'_>>) -> Result<Self, TrustError> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for (text, number) in added.iter().zip(1..) {
            let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(text)
                .collect::<Result<_, _>>()
                .map_err(|_| TrustError::Unreadable(number))?;
            if certificates.is_empty() {
                return Err(TrustError::NoCertificate(number));
            }
            for certificate in certificates {
                roots.add(certificate).map_err(|_| TrustError::Unreadable(number))?;
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| TrustError::Setup)?
            .with_root_certificates(roots);
        let mut config = match proof {
            None => config.with_no_client_auth(),
            Some(proof) => {
                let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(proof.certificate)
                    .collect::<Result<_, _>>()
                    .map_err(|_| TrustError::Setup)?;
                let key = PrivateKeyDer::from_pem_slice(proof.key).map_err(|_| TrustError::Setup)?;
                config.with_client_auth_cert(chain, key).map_err(|_| TrustError::Setup)?
            }
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = Resumption::store(Arc::new(Forgetful));
        Ok(Self { config: Arc::new(config) })
    }

    pub(super) fn config(&self) -> &Arc<ClientConfig> {
        &self.config
    }
}

/// Remembers no session: a resumed one would let a target recognise us.
///
/// Its second use is that TLS asks it for a hint as the very first thing, which is how an
/// exchange learns that the connection stands and TLS has begun.
#[derive(Debug)]
struct Forgetful;

impl ClientSessionStore for Forgetful {
    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        stage::mark(FaultPhase::Tls);
        None
    }

    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {}

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, _: Tls13ClientSessionValue) {}

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_that_is_none_is_named_by_its_place() {
        assert!(Trust::with(&[]).is_ok());
        let wrong = Trust::with(&[b"no certificate".to_vec()]);
        assert_eq!(wrong.map(|_| ()), Err(TrustError::NoCertificate(1)));
    }
}
