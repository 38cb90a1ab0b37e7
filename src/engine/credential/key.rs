//! Private keys of parties, and the assertions signed with them (RFC 7523).
//! A key that cannot sign is found when it is read, not when it is first needed.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use std::sync::Arc;

/// How to make a key that is understood.
pub(super) const REMEDY: &str = "make one with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`, \
     or convert it with `openssl pkcs8 -topk8 -nocrypt`";

/// How long an assertion holds, in seconds.
const LIFETIME: i64 = 60;

/// A private key that signs assertions.
#[derive(Clone)]
pub(super) struct Signer {
    key: Arc<EncodingKey>,
    header: Header,
}

#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: String,
    iat: i64,
    exp: i64,
}

impl Signer {
    /// Reads a P-256 key (ES256) or an RSA key (RS256); nothing if it is neither.
    pub(super) fn from_pem(pem: &str, key_id: Option<String>) -> Option<Self> {
        let pem = pem.as_bytes();
        let (key, algorithm) = match EncodingKey::from_ec_pem(pem) {
            Ok(key) => (key, Algorithm::ES256),
            Err(_) => (EncodingKey::from_rsa_pem(pem).ok()?, Algorithm::RS256),
        };
        let signer = Self { key: Arc::new(key), header: Header { kid: key_id, ..Header::new(algorithm) } };
        // Keys of other curves are only told apart by using them.
        signer.assertion("client", "https://example.org/token", 0).map(|_| signer)
    }

    /// An assertion that this client sent it to this token endpoint now.
    pub(super) fn assertion(&self, client: &str, token_url: &str, now: i64) -> Option<String> {
        // Not drawn from the run's seed: a server may refuse one it has seen in an earlier run.
        let jti = format!("{:032x}", rand::random::<u128>());
        let claims = Assertion { iss: client, sub: client, aud: token_url, jti, iat: now, exp: now + LIFETIME };
        jsonwebtoken::encode(&self.header, &claims, &self.key).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{DecodingKey, Validation};
    use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};
    use serde_json::Value;

    #[test]
    fn an_assertion_says_who_to_whom_and_for_how_long() {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let signer = Signer::from_pem(&pair.serialize_pem(), Some("k1".to_owned())).unwrap();
        let assertion = signer.assertion("eem", "https://a.example/token", 4_000_000_000).unwrap();

        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&["https://a.example/token"]);
        let key = DecodingKey::from_ec_pem(pair.public_key_pem().as_bytes()).unwrap();
        let read = jsonwebtoken::decode::<Value>(&assertion, &key, &validation).unwrap();
        assert_eq!((read.header.alg, read.header.kid.as_deref()), (Algorithm::ES256, Some("k1")));
        assert_eq!((read.claims["iss"].as_str(), read.claims["sub"].as_str()), (Some("eem"), Some("eem")));
        assert_eq!(
            (read.claims["iat"].as_i64(), read.claims["exp"].as_i64()),
            (Some(4_000_000_000), Some(4_000_000_060))
        );
        let again = signer.assertion("eem", "https://a.example/token", 4_000_000_000).unwrap();
        assert_ne!(again, assertion, "each has an identifier of its own");
    }

    #[test]
    fn an_rsa_key_signs_too_and_others_do_not() {
        let rsa = Signer::from_pem(include_str!("testdata/rsa-for-tests-only.pem"), None).unwrap();
        let assertion = rsa.assertion("eem", "https://a.example/token", 1).unwrap();
        assert_eq!(jsonwebtoken::decode_header(&assertion).unwrap().alg, Algorithm::RS256);
        for other in [&PKCS_ECDSA_P384_SHA384, &PKCS_ED25519] {
            let pair = KeyPair::generate_for(other).unwrap();
            assert!(Signer::from_pem(&pair.serialize_pem(), None).is_none(), "{other:?}");
        }
        assert!(Signer::from_pem("nothing", None).is_none());
    }
}
