//! Partners over HTTPS: who is let in, what is served at which port, and what is never sent in the clear.
//! Every test has an authority of its own.

use crate::handoff::{begin, delivery, hook, record};
use crate::partner::{Partner, Said};
use crate::receiving::MEANT;
use crate::stage::{STYLES, Stage, config, send};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, SerialNumber};
use serde_json::json;
use std::io;
use std::sync::Arc;
use toetssteen_reference::{Regime, Style, Tls, start};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

pub struct Authority(pub CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn issue(&self) -> Tls {
        self.issued(None)
    }

    /// One with this number.
    pub fn issue_as(&self, number: u64) -> Tls {
        self.issued(Some(SerialNumber::from(number)))
    }

    fn issued(&self, serial_number: Option<SerialNumber>) -> Tls {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.serial_number = serial_number;
        Tls {
            certificate_pem: params.signed_by(&key, &self.0).unwrap().pem(),
            key_pem: key.serialize_pem(),
            authority_pem: self.0.pem(),
            revocation: None,
        }
    }
}

async fn secured(style: Style, tls: Tls) -> Stage {
    let mut config = config(style, Regime::OptIn, &[]);
    config.partners.tls = Some(tls);
    Stage::new(start(config).await.unwrap(), style)
}

/// The first line that comes back over TLS, for whoever shows this certificate.
pub async fn asked(url: &str, shown: Option<&Tls>, trusted: &Authority, headers: &str) -> io::Result<String> {
    let rest = url.strip_prefix("https://").unwrap();
    let (authority, path) = rest.split_at(rest.find('/').unwrap());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.0.pem().as_bytes()).unwrap()).unwrap();
    let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let client = match shown {
        None => client.with_no_client_auth(),
        Some(tls) => {
            let chain = vec![CertificateDer::from_pem_slice(tls.certificate_pem.as_bytes()).unwrap()];
            client.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(tls.key_pem.as_bytes()).unwrap()).unwrap()
        }
    };
    let stream = tokio::net::TcpStream::connect(authority).await?;
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let mut stream = TlsConnector::from(Arc::new(client)).connect(name, stream).await?;
    let request =
        format!("POST {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\ncontent-length: 0\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn only_whoever_shows_a_trusted_certificate_is_talked_to() {
    for style in STYLES {
        let (authority, stranger) = (Authority::new(), Authority::new());
        let stage = secured(style, authority.issue()).await;
        let url = format!("{}/t1", stage.url("notification"));
        let own = authority.issue();
        let bearer = stage.bearer("org-r", "notification", &[("scope", MEANT)]).await;
        let header = format!("authorization: {bearer}\r\n");
        assert_eq!(asked(&url, Some(&own), &authority, &header).await.unwrap(), "HTTP/1.1 202 Accepted");
        assert!(asked(&url, None, &authority, &header).await.is_err());
        assert!(asked(&url, Some(&stranger.issue()), &authority, &header).await.is_err());
    }
}

#[tokio::test]
async fn what_is_for_partners_is_served_at_their_port_alone() {
    let authority = Authority::new();
    let stage = secured(Style::Plain, authority.issue()).await;
    let ordinary = stage.url("control").strip_suffix("/control").unwrap().to_owned();
    let partners = stage.url("handoff").strip_suffix("/care/fhir").unwrap().to_owned();
    assert!(stage.url("prescriptions").starts_with(&partners) && stage.url("fhir").starts_with(&ordinary));
    for path in ["/care/fhir/metadata", "/care/notification/t1", "/pharmacy/fhir/metadata"] {
        assert_eq!(send("GET", &format!("{ordinary}{path}"), &[], "").await.status, 404, "{path}");
    }
    let own = authority.issue();
    for path in ["/token", "/hooks/partners", "/holder-a/fhir"] {
        let seen = asked(&format!("{partners}{path}"), Some(&own), &authority, "").await.unwrap();
        assert!(seen.starts_with("HTTP/1.1 404"), "{path} {seen}");
    }
    let seen = asked(&stage.url("prescriptions"), Some(&own), &authority, "").await.unwrap();
    assert!(seen.starts_with("HTTP/1.1 401"), "{seen}");
}

#[tokio::test]
async fn a_handoff_goes_over_https_or_not_at_all() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let sending = secured(Style::Plain, authority.issue()).await;
    let patient = record(&sending).await;
    let friend = secured(Style::Other, authority.issue()).await;
    let foe = secured(Style::Plain, stranger.issue()).await;
    for (receiving, wanted) in [(&friend, "delivered"), (&foe, "failed")] {
        let bearer = receiving.bearer("org-r", "notification", &[("scope", MEANT)]).await;
        let token = bearer.strip_prefix("Bearer ").unwrap().to_owned();
        let tokens = Partner::new(move |_, _| Said::json(&json!({ "access_token": token }))).await;
        let address = receiving.url("notification");
        let task = begin(&sending, &patient, &tokens, &[("address", &address)]).await;
        assert_eq!(delivery(&sending, &task).await, wanted);
    }
    // A port that speaks http gets nothing of what was meant for https.
    let plain = Partner::new(|_, _| Said::status(202)).await;
    let address = plain.origin.replace("http:", "https:");
    let task = begin(&sending, &patient, &plain, &[("address", &address), ("token-endpoint", "")]).await;
    assert_eq!((delivery(&sending, &task).await.as_str(), plain.heard().len()), ("failed", 0));
}

#[tokio::test]
async fn what_cannot_be_used_keeps_the_reference_from_starting() {
    let authority = Authority::new();
    let good = authority.issue();
    let bad = [
        Tls { certificate_pem: String::new(), ..good.clone() },
        Tls { key_pem: "nonsense".to_owned(), ..good.clone() },
        Tls { authority_pem: String::new(), ..good.clone() },
        Tls { key_pem: authority.issue().key_pem, ..good.clone() },
    ];
    for tls in bad {
        let mut config = config(Style::Plain, Regime::OptIn, &[]);
        config.partners.tls = Some(tls);
        assert_eq!(start(config).await.unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
    assert_eq!(format!("{good:?}"), "Tls(…)");
    let stage = secured(Style::Plain, good).await;
    assert_eq!(hook(&stage, "partners", &json!({ "ura": "1", "fhir": "https://127.0.0.1:9" })).await.status, 200);
}
