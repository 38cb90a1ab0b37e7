//! Certificates of one run: an authority, the parties that we are, those that nobody should believe, and what is revoked.
//! All are made fresh and none is kept; a target learns the authority from a file, if it is told to write one.

use crate::engine::probe::trust::Proof;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, CrlDistributionPoint,
    DnType, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevocationReason, RevokedCertParams,
    SerialNumber,
};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use time::{Duration, OffsetDateTime};

/// The certificates of one run.
pub struct Identities {
    /// It stays with us, so that certificates can be made and revoked while the run goes on.
    authority: CertifiedIssuer<'static, KeyPair>,
    /// Where the list of revoked certificates is published, if anywhere.
    status_list: Option<String>,
    by_name: BTreeMap<Who, Identity>,
    register: Mutex<Register>,
}

/// What the authority did since the run began.
#[derive(Default)]
struct Register {
    /// Certificates that may be revoked, by attempt at a case, with their numbers.
    revocable: BTreeMap<Attempt, (Identity, SerialNumber)>,
    /// What is revoked, and since when.
    revoked: Vec<(SerialNumber, OffsetDateTime)>,
    /// How many lists were issued.
    issued: u64,
}

/// The position of a case in the plan, and the attempt at it.
pub type Attempt = (u32, u32);

/// What becomes of a list of revoked certificates (RFC 5280, 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It is issued now, and the next one is due after so long.
    Lasting(std::time::Duration),
    /// It was issued before anything was revoked, and the next one was due an hour ago.
    Ended,
}

/// How long a list is good where a case does not say: longer than any target may take to look again.
pub const LONGEST: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

impl Default for Life {
    fn default() -> Self {
        Self::Lasting(LONGEST)
    }
}

impl std::fmt::Debug for Identities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Neither are the keys of all of them.
        f.debug_struct("Identities").field("status_list", &self.status_list).finish_non_exhaustive()
    }
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
    /// A party that there is for one attempt at a case, and whose certificate that may revoke.
    Revocable,
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
    /// Fresh certificates; those of servers are for these hosts and for this machine, and all that are to be believed
    /// say where the status list is, if there is one.
    ///
    /// # Errors
    /// When the library refuses a name or has no randomness.
    pub fn fresh(hosts: &[String], status_list: Option<&str>) -> Result<Self, IdentityError> {
        let known = authority("Toetssteen test authority")?;
        let unknown = authority("Toetssteen authority that nobody knows")?;
        let mut by_name = BTreeMap::new();
        for who in [Who::Party, Who::Counterpart, Who::Reference, Who::Expired, Who::Untrusted] {
            let (issuer, list) = if who == Who::Untrusted { (&unknown, None) } else { (&known, status_list) };
            by_name.insert(who, issued(issuer, who, hosts, list)?.0);
        }
        let (status_list, register) = (status_list.map(str::to_owned), Mutex::default());
        Ok(Self { authority: known, status_list, by_name, register })
    }

    /// The authority, in PEM.
    #[must_use]
    pub fn authority_pem(&self) -> String {
        self.authority.pem()
    }

    /// The certificate of one of these.
    #[must_use]
    pub fn of(&self, who: Who) -> Option<&Identity> {
        self.by_name.get(&who)
    }

    /// The same, as a client shows it.
    #[must_use]
    pub fn proof(&self, who: Who) -> Option<Proof<'_>> {
        self.of(who).map(Identity::proof)
    }

    /// The certificate that only this attempt at a case shows, made when it is first asked for.
    ///
    /// # Errors
    /// As [`Self::fresh`].
    pub fn revocable(&self, attempt: Attempt) -> Result<Identity, IdentityError> {
        Ok(self.revocable_in(&mut self.register(), attempt)?.0)
    }

    /// Revokes it, from this moment on; it never is good again.
    ///
    /// # Errors
    /// As [`Self::fresh`].
    pub fn revoke(&self, attempt: Attempt, now: OffsetDateTime) -> Result<(), IdentityError> {
        let mut register = self.register();
        let (_, number) = self.revocable_in(&mut register, attempt)?;
        if !register.revoked.iter().any(|(known, _)| *known == number) {
            register.revoked.push((number, now));
        }
        Ok(())
    }

    /// A list of what is revoked, signed by the authority, in DER.
    ///
    /// # Errors
    /// As [`Self::fresh`].
    pub fn list(&self, life: Life, now: OffsetDateTime) -> Result<Vec<u8>, IdentityError> {
        let mut register = self.register();
        register.issued += 1;
        let (this_update, next_update, crl_number) = match life {
            // A clock that is a little behind ours must not take it for one of tomorrow.
            Life::Lasting(span) => {
                let span = Duration::try_from(span).unwrap_or(Duration::DAY);
                (now - Duration::MINUTE, now + span, FIRST_LIST + register.issued)
            }
            Life::Ended => (now - 2 * Duration::HOUR, now - Duration::HOUR, FIRST_LIST),
        };
        let before = |(_, since): &&(SerialNumber, OffsetDateTime)| life != Life::Ended || *since < this_update;
        let entry = |(number, since): &(SerialNumber, OffsetDateTime)| RevokedCertParams {
            serial_number: number.clone(),
            revocation_time: *since,
            reason_code: Some(RevocationReason::KeyCompromise),
            invalidity_date: None,
        };
        let params = CertificateRevocationListParams {
            this_update,
            next_update,
            crl_number: SerialNumber::from(crl_number),
            issuing_distribution_point: None,
            revoked_certs: register.revoked.iter().filter(before).map(entry).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        Ok(params.signed_by(&self.authority)?.der().to_vec())
    }

    fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn revocable_in(
        &self,
        register: &mut Register,
        attempt: Attempt,
    ) -> Result<(Identity, SerialNumber), IdentityError> {
        if let Some(known) = register.revocable.get(&attempt) {
            return Ok(known.clone());
        }
        let made = issued(&self.authority, Who::Revocable, &[], self.status_list.as_deref())?;
        register.revocable.insert(attempt, made.clone());
        Ok(made)
    }
}

impl Identity {
    /// The same, as a client shows it.
    #[must_use]
    pub fn proof(&self) -> Proof<'_> {
        Proof { certificate: self.certificate_pem.as_bytes(), key: self.key_pem.as_bytes() }
    }
}

/// The number of the list that is out of date; every other list has a higher one.
const FIRST_LIST: u64 = 1;

fn authority(name: &str) -> Result<CertifiedIssuer<'static, KeyPair>, IdentityError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

fn issued(
    issuer: &CertifiedIssuer<'_, KeyPair>,
    who: Who,
    hosts: &[String],
    status_list: Option<&str>,
) -> Result<(Identity, SerialNumber), IdentityError> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    names.extend(hosts.iter().cloned());
    let mut params = CertificateParams::new(names)?;
    let name = match who {
        Who::Party => "Toetssteen party",
        Who::Counterpart => "Toetssteen counterpart",
        Who::Reference => "Toetssteen reference",
        Who::Expired => "Toetssteen party, expired",
        Who::Untrusted => "Toetssteen party, not known",
        Who::Revocable => "Toetssteen party, for one case",
    };
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let now = OffsetDateTime::now_utc();
    params.not_before = now - Duration::days(2);
    // A run that waits for lists to end can take days.
    params.not_after = if who == Who::Expired { now - Duration::days(1) } else { now + Duration::days(30) };
    // Positive, and as long as numbers of certificates mostly are.
    let number = SerialNumber::from((rand::random::<u64>() >> 1) | 1 << 62);
    params.serial_number = Some(number.clone());
    params.crl_distribution_points =
        status_list.map(|url| CrlDistributionPoint { uris: vec![url.to_owned()] }).into_iter().collect();
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok((Identity { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() }, number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::RootCertStore;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, UnixTime};
    use rustls::server::WebPkiClientVerifier;
    use std::sync::Arc;
    use std::time::Duration as Span;

    const LIST: &str = "http://127.0.0.1:9/revoked.crl";

    /// Whether a careful server lets this certificate in that long from now, by this list.
    fn is_let_in(identities: &Identities, shown: &Identity, list: &[u8], after: Span) -> bool {
        let pem = |text: &str| CertificateDer::from_pem_slice(text.as_bytes()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(pem(&identities.authority_pem())).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
            .with_crls([CertificateRevocationListDer::from(list.to_vec())])
            .enforce_revocation_expiration()
            .build()
            .unwrap();
        let now = UnixTime::since_unix_epoch(
            UnixTime::now().as_secs().checked_add(after.as_secs()).map(Span::from_secs).unwrap(),
        );
        verifier.verify_client_cert(&pem(&shown.certificate_pem), &[], now).is_ok()
    }

    #[test]
    fn a_list_names_what_was_revoked_and_nothing_else_and_ends() {
        let identities = Identities::fresh(&[], Some(LIST)).unwrap();
        let now = OffsetDateTime::now_utc();
        let (own, other) = (identities.revocable((1, 1)).unwrap(), identities.revocable((1, 2)).unwrap());
        let party = identities.of(Who::Party).unwrap();
        let before = identities.list(Life::default(), now).unwrap();
        assert!([&own, &other, party].iter().all(|one| is_let_in(&identities, one, &before, Span::ZERO)));
        identities.revoke((1, 1), now).unwrap();
        let hour = Span::from_secs(3600);
        let list = identities.list(Life::Lasting(hour), now).unwrap();
        assert!(!is_let_in(&identities, &own, &list, Span::ZERO));
        assert!(is_let_in(&identities, &other, &list, Span::ZERO) && is_let_in(&identities, party, &list, Span::ZERO));
        assert!(!is_let_in(&identities, &other, &list, hour * 2));
        // One that has ended is from before the revocation.
        let ended = identities.list(Life::Ended, now).unwrap();
        assert!(!is_let_in(&identities, &other, &ended, Span::ZERO));
        assert_eq!(identities.revocable((1, 1)).unwrap().certificate_pem, own.certificate_pem);
    }

    #[test]
    fn a_certificate_says_where_the_list_is_if_there_is_one() {
        let says = |list: Option<&str>, who: Who| {
            let identities = Identities::fresh(&[], list).unwrap();
            let pem = identities.of(who).unwrap().certificate_pem.clone();
            let der = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
            der.windows(LIST.len()).any(|part| part == LIST.as_bytes())
        };
        assert!(says(Some(LIST), Who::Party) && says(Some(LIST), Who::Expired) && says(Some(LIST), Who::Reference));
        assert!(!says(None, Who::Party) && !says(Some(LIST), Who::Untrusted));
    }
}
