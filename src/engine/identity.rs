//! Certificates of one run: an authority, the parties that we are, and those that nobody should believe.
//! All are made fresh and none is kept; a target learns the authority from a file, if it is told to write one.

use crate::engine::probe::trust::Proof;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};

/// The certificates of one run.
#[derive(Debug)]
pub struct Identities {
    authority_pem: String,
    by_name: BTreeMap<Who, Identity>,
}

/// A certificate with its key, in PEM.
#[derive(Clone)]
pub struct Identity {
    /// The certificate.
    pub certificate_pem: String,
    /// Its private key.
    pub key_pem: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The key is nobody's business.
        f.write_str("Identity")
    }
}

/// Whom a certificate stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// The party that we are, as sender, receiver or another.
    Party,
    /// Our counterparts, as servers.
    Counterpart,
    /// The embedded reference.
    Reference,
    /// A party whose certificate has expired.
    Expired,
    /// A party with a certificate of an authority that nobody knows.
    Untrusted,
}

/// Certificates could not be made.
#[derive(Debug, thiserror::Error)]
#[error("certificates for this run cannot be made: {0}")]
pub struct IdentityError(String);

impl From<rcgen::Error> for IdentityError {
    fn from(error: rcgen::Error) -> Self {
        Self(error.to_string())
    }
}

impl Identities {
    /// Fresh certificates; those of servers are for these hosts and for this machine.
    ///
    /// # Errors
    /// When the library refuses a name or has no randomness.
    pub fn fresh(hosts: &[String]) -> Result<Self, IdentityError> {
        let known = authority("Toetssteen test authority")?;
        let unknown = authority("Toetssteen authority that nobody knows")?;
        let mut by_name = BTreeMap::new();
        for who in [Who::Party, Who::Counterpart, Who::Reference, Who::Expired, Who::Untrusted] {
            let issuer = if who == Who::Untrusted { &unknown } else { &known };
            by_name.insert(who, issued(issuer, who, hosts)?);
        }
        Ok(Self { authority_pem: known.pem(), by_name })
    }

    /// The authority, in PEM.
    #[must_use]
    pub fn authority_pem(&self) -> &str {
        &self.authority_pem
    }

    /// The certificate of one of these.
    #[must_use]
    pub fn of(&self, who: Who) -> Option<&Identity> {
        self.by_name.get(&who)
    }

    /// The same, as a client shows it.
    #[must_use]
    pub fn proof(&self, who: Who) -> Option<Proof<'_>> {
        self.of(who).map(|one| Proof { certificate: one.certificate_pem.as_bytes(), key: one.key_pem.as_bytes() })
    }
}

fn authority(name: &str) -> Result<CertifiedIssuer<'static, KeyPair>, IdentityError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

fn issued(issuer: &CertifiedIssuer<'_, KeyPair>, who: Who, hosts: &[String]) -> Result<Identity, IdentityError> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    names.extend(hosts.iter().cloned());
    let mut params = CertificateParams::new(names)?;
    let name = match who {
        Who::Party => "Toetssteen party",
        Who::Counterpart => "Toetssteen counterpart",
        Who::Reference => "Toetssteen reference",
        Who::Expired => "Toetssteen party, expired",
        Who::Untrusted => "Toetssteen party, not known",
    };
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let now = OffsetDateTime::now_utc();
    params.not_before = now - Duration::days(2);
    params.not_after = if who == Who::Expired { now - Duration::days(1) } else { now + Duration::days(2) };
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok(Identity { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
}
