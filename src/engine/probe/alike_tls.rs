//! The same for TLS: both probes say in the same words why there is no session.
//! Only tests live here.

use super::alike::{both, get, say};
use super::testing::{message, play};
use super::trust::Trust;
use crate::model::record::FaultPhase;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

/// A TLS server with a certificate of our own authority; gives its port.
async fn tls_server(authority: &CertifiedIssuer<'_, KeyPair>, change: impl FnOnce(&mut CertificateParams)) -> u16 {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.serialize_der().try_into().unwrap())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(tcp).await {
                    play(stream, &Mutex::default(), &|_: &_| say(message(200, &[], b"safe"))).await;
                }
            });
        }
    });
    port
}

#[tokio::test]
async fn tls_says_in_words_why_not() {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let trust = Trust::with(&[authority.pem().into_bytes()]).unwrap();
    let good = tls_server(&authority, |_| {}).await;

    let url = format!("https://localhost:{good}/");
    let answer = both(&trust, &get(&url)).await.unwrap();
    assert_eq!((answer.body.as_slice(), answer.facts.tls.as_deref()), (b"safe".as_slice(), Some("1.3")));
    let strange = both(&Trust::with(&[]).unwrap(), &get(&url)).await.unwrap_err();
    assert_eq!(strange.phase, FaultPhase::Tls);
    assert!(strange.detail.contains("authority that is not trusted"), "{}", strange.detail);

    let old = tls_server(&authority, |params| params.not_after = rcgen::date_time_ymd(2001, 1, 1)).await;
    let expired = both(&trust, &get(&format!("https://localhost:{old}/"))).await.unwrap_err();
    assert_eq!((expired.phase, expired.detail.as_str()), (FaultPhase::Tls, "the certificate has expired"));
    let other = tls_server(&authority, |params| params.subject_alt_names.clear()).await;
    let named = both(&trust, &get(&format!("https://localhost:{other}/"))).await.unwrap_err();
    assert_eq!((named.phase, named.detail.as_str()), (FaultPhase::Tls, "the certificate is for another name"));
}

#[tokio::test]
async fn a_server_without_tls_is_a_fault_of_tls() {
    let trust = Trust::with(&[]).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    // Never accepted: the connection stands, but nobody answers our greeting.
    let mute = both(&trust, &get(&format!("https://127.0.0.1:{port}/"))).await.unwrap_err();
    assert_eq!((mute.phase, mute.timed_out), (FaultPhase::Tls, true));
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = plain.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = plain.accept().await {
            use tokio::io::AsyncWriteExt;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            // Kept open a little: a reset would overtake what was said.
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(200)).await;
                drop(stream);
            });
        }
    });
    let spoken = both(&trust, &get(&format!("https://127.0.0.1:{port}/"))).await.unwrap_err();
    assert_eq!((spoken.phase, spoken.detail.as_str()), (FaultPhase::Tls, "what listens there does not speak TLS"));
}
