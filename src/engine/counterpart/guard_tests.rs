//! Who shows no client certificate is cut off, unless a case opens the door to see who that is.
//! Only tests live here.

use super::{Desk, Playing, Switchboard};
use crate::engine::identity::{Identities, Who};
use crate::engine::seal::Seal;
use crate::engine::tape::Tape;
use crate::model::counterpart::Counterpart;
use crate::model::plan::Dialect;
use crate::model::record::Event;
use crate::model::target::{Counterparts, FhirVersion, Format};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::collections::BTreeSet;
use std::sync::Arc;

fn client(identities: &Identities, who: Option<Who>) -> reqwest::Client {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(identities.authority_pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots);
    let config = match who.and_then(|who| identities.of(who)) {
        None => config.with_no_client_auth(),
        Some(one) => {
            let chain = vec![CertificateDer::from_pem_slice(one.certificate_pem.as_bytes()).unwrap()];
            let key = PrivateKeyDer::from_pem_slice(one.key_pem.as_bytes()).unwrap();
            config.with_client_auth_cert(chain, key).unwrap()
        }
    };
    reqwest::Client::builder().tls_backend_preconfigured(config).build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shows_no_certificate_arrives_only_where_the_door_is_open() {
    let identities = Arc::new(Identities::fresh(&[], None).unwrap());
    let at = Counterparts { secure: true, ..Counterparts::default() };
    let board = Arc::new(Switchboard::open(&at, 4096).await.unwrap());
    board.secure(&identities, &[]).unwrap();
    let tape = Arc::new(Tape::new(Seal::new(Vec::new(), Vec::new(), BTreeSet::new(), "salt"), 1 << 20));
    let dialect = Dialect { fhir: FhirVersion::R4, format: Format::Json };
    let desk = Arc::new(Desk::new(0, 1, "case-0".to_owned(), dialect));
    board.seat(&desk, &[]);
    board.serve(&tape, &Arc::default());
    let url = format!("{}/case-0/receiver/task", board.places()["receiver"].url);
    let shown = || {
        tape.look(|records, _| {
            let facts = records.iter().filter_map(|record| match &record.event {
                Event::Inbound(inbound) => Some(inbound.facts.peer_certificate.is_some()),
                _ => None,
            });
            facts.collect::<Vec<_>>()
        })
    };
    let (nobody, sender) = (client(&identities, None), client(&identities, Some(Who::Party)));

    assert!(nobody.post(&url).send().await.is_err(), "it is cut off");
    assert_eq!((shown(), board.strays()), (vec![], 1), "nothing of it arrived");
    assert_eq!(sender.post(&url).send().await.unwrap().status(), 202);
    assert_eq!(shown(), [true]);

    desk.play(Counterpart::Receiver, Playing::Unguarded);
    assert_eq!(nobody.post(&url).send().await.unwrap().status(), 202);
    assert_eq!(shown(), [true, false]);
    board.close();
}
