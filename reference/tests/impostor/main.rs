//! Every impostor over a real socket: that it does what its name says, and that it ends.
//! The client here is a bare socket too, since a library would hide what is malformed.

mod answering;
mod client;
mod hostile;

use client::{LONG, PLAIN, get, open, run};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use toetssteen_reference::impostor::{Capability, Impostor, start};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

#[test]
fn every_impostor_is_found_by_a_name_of_its_own() {
    let names: BTreeSet<_> = Impostor::ALL.iter().map(|one| one.name()).collect();
    assert_eq!(names.len(), Impostor::ALL.len());
    for one in Impostor::ALL {
        assert_eq!(one.name().parse::<Impostor>().unwrap(), *one);
        assert_eq!(one.to_string(), one.name());
    }
    let unknown = "saint".parse::<Impostor>().unwrap_err();
    assert_eq!(unknown.to_string(), "no impostor is called `saint`");
}

#[tokio::test]
async fn every_impostor_can_state_an_honest_looking_capability() {
    for impostor in Impostor::ALL {
        let running = start(*impostor, Capability::Honest).await.unwrap();
        let seen = get(&running, "/fhir/metadata?_format=json").await;
        let statement = seen.json();
        assert_eq!(seen.status, 200, "{impostor}");
        assert_eq!(statement["resourceType"], "CapabilityStatement");
        assert_eq!(statement["implementation"]["url"], running.url("/fhir"));
        let resources = statement["rest"][0]["resource"].as_array().unwrap();
        assert_eq!(resources.len(), 6);
        running.stop().await;
    }
}

#[tokio::test]
async fn without_it_the_capability_is_the_impostor_too() {
    let running = run(Impostor::EmptyObject).await;
    assert_eq!(get(&running, "/fhir/metadata").await.body, b"{}");
    running.stop().await;
}

#[tokio::test]
async fn no_impostor_minds_nonsense_or_keeps_going_after_a_stop() {
    for impostor in Impostor::ALL {
        let running = run(*impostor).await;
        let mut held = Vec::new();
        for request in [
            &b"\r\n\r\n\xff\xfe\0 nonsense\r\n: :\r\n\r\n"[..],
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nshort",
            b"GET",
            PLAIN,
        ] {
            held.push(open(&running, request).await);
        }
        let since = Instant::now();
        timeout(LONG, running.stop()).await.unwrap();
        assert!(since.elapsed() < Duration::from_secs(5), "{impostor}");
        for mut stream in held {
            let mut rest = Vec::new();
            let _ = timeout(LONG, stream.read_to_end(&mut rest)).await.unwrap();
        }
    }
}
