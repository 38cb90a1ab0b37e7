//! What certificates are held against that an issuer may revoke: its list, as long as that is good.

use crate::secure::{Authority, asked};
use crate::stage::{STYLES, Stage, config, send};
use rcgen::{CertificateRevocationListParams, KeyIdMethod, RevokedCertParams, SerialNumber};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use time::OffsetDateTime;
use toetssteen_reference::{Regime, Revocation, RevocationAt, Style, Tls, start};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const MINUTE: i64 = 60_000;

/// An issuer that publishes a list, or is out of order.
struct Issuer {
    authority: Authority,
    published: Arc<Mutex<Option<Vec<u8>>>>,
    url: String,
}

impl Issuer {
    async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/list", listener.local_addr().unwrap());
        let published: Arc<Mutex<Option<Vec<u8>>>> = Arc::default();
        let list = Arc::clone(&published);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let list = list.lock().unwrap().clone();
                let _ = stream.read(&mut [0; 1024]).await;
                let status = if list.is_some() { "200 OK" } else { "503 Service Unavailable" };
                let list = list.unwrap_or_default();
                let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", list.len());
                let _ = stream.write_all(&[head.as_bytes(), &list].concat()).await;
            }
        });
        Self { authority: Authority::new(), published, url }
    }

    /// Publishes a list, issued so long from now and good for ten minutes.
    fn publish(&self, after_ms: i64, revoked: &[SerialNumber]) {
        let now = OffsetDateTime::now_utc() + time::Duration::milliseconds(after_ms);
        let entry = |serial: &SerialNumber| RevokedCertParams {
            serial_number: serial.clone(),
            revocation_time: now,
            reason_code: None,
            invalidity_date: None,
        };
        let params = CertificateRevocationListParams {
            this_update: now - Duration::from_secs(60),
            next_update: now + Duration::from_secs(600),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: revoked.iter().map(entry).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = params.signed_by(&self.authority.0).unwrap();
        *self.published.lock().unwrap() = Some(list.der().to_vec());
    }

    fn fails(&self) {
        *self.published.lock().unwrap() = None;
    }
}

async fn stage(issuer: &Issuer, style: Style) -> Stage {
    let mut config = config(style, Regime::OptIn, &[]);
    let revocation =
        Revocation { list: issuer.url.clone(), within: Duration::from_secs(60), door: RevocationAt::Receiver };
    config.partners.tls = Some(Tls { revocation: Some(revocation), ..issuer.authority.issue() });
    Stage::new(start(config).await.unwrap(), style)
}

#[tokio::test]
async fn what_is_revoked_is_refused_in_time_and_a_list_is_good_until_it_ends() {
    for style in STYLES {
        let issuer = Issuer::new().await;
        let stage = stage(&issuer, style).await;
        let (bad, good) = (issuer.authority.issue_as(7), issuer.authority.issue_as(8));
        let url = format!("{}/t1", stage.url("notification"));
        // Without a token it is refused as such, which only somebody is who was let in.
        let let_in = async |shown: &Tls| {
            asked(&url, Some(shown), &issuer.authority, "").await.is_ok_and(|line| line.starts_with("HTTP/1.1 401"))
        };
        let advance = async |by_ms: i64| {
            let at = format!("{}/clock", stage.url("control"));
            let headers = [("content-type", "application/json")];
            assert_eq!(send("POST", &at, &headers, format!("{{\"by-ms\":{by_ms}}}")).await.status, 200);
        };
        // Nothing is known yet.
        assert!(!let_in(&good).await);
        issuer.publish(0, &[]);
        assert!(let_in(&good).await && let_in(&bad).await);
        issuer.publish(0, &[SerialNumber::from(7_u64)]);
        advance(MINUTE).await;
        assert!(let_in(&good).await && !let_in(&bad).await);
        issuer.fails();
        advance(MINUTE).await;
        assert!(let_in(&good).await && !let_in(&bad).await);
        // A list of before counts no more than none.
        issuer.publish(-20 * MINUTE, &[]);
        advance(MINUTE).await;
        assert!(let_in(&good).await && !let_in(&bad).await);
        advance(10 * MINUTE).await;
        assert!(!let_in(&good).await && !let_in(&bad).await);
        issuer.publish(13 * MINUTE, &[SerialNumber::from(7_u64)]);
        advance(MINUTE).await;
        assert!(let_in(&good).await && !let_in(&bad).await);
    }
}
