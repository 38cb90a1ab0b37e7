//! Ordinary exchanges, through reqwest stripped of everything it would do on its own account.
//! It neither retries, follows, decodes, remembers nor uses a proxy; connections are kept for a moment only.

use super::fault::{broken, too_slow};
use super::message::{HEADER_COUNT, Limits, answer, parts};
use super::raw::RawProbe;
use super::trust::Trust;
use super::{Answer, Broken, Carried, Probe, Request, stage};
use crate::model::record::{Facts, FaultPhase};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The probe for all steps that do not judge bytes or sizes.
#[derive(Debug)]
pub struct HttpProbe {
    client: reqwest::Client,
    without_accept: RawProbe,
    limits: Limits,
}

/// Why the probe cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct ProbeError;

/// How long an idle connection is kept: less than any common server keeps it, so that a request
/// is never sent into a connection that the other side is just closing.
const IDLE: Duration = Duration::from_secs(2);

impl HttpProbe {
    /// A probe within these limits that believes these authorities.
    ///
    /// # Errors
    /// If the library refuses what we ask of it.
    pub fn new(limits: Limits, trust: &Trust) -> Result<Self, ProbeError> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(rustls::ClientConfig::clone(trust.config()))
            .http1_only()
            .http1_max_headers(HEADER_COUNT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .pool_idle_timeout(IDLE)
            // A shade less than the whole: what ends with the whole then surely had a connection.
            .connect_timeout(limits.timeout.mul_f64(0.99))
            .dns_resolver(Arc::new(Marking))
            .build()
            .map_err(|_| ProbeError)?;
        Ok(Self { client, without_accept: RawProbe::new(limits, trust), limits })
    }

    async fn carry(&self, request: &Request) -> Result<Answer, Broken> {
        let parts = parts(request)?;
        let mut message = reqwest::Request::new(parts.method, parts.url);
        *message.headers_mut() = parts.headers;
        if !request.body.is_empty() {
            *message.body_mut() = Some(request.body.clone().into());
        }
        let response = self.client.execute(message).await.map_err(|error| {
            let reached = if error.is_connect() { stage::current() } else { FaultPhase::Receive };
            if error.is_timeout() { too_slow(reached) } else { broken(reached, &error) }
        })?;
        answer(http::Response::<reqwest::Body>::from(response), self.limits).await
    }
}

#[async_trait::async_trait]
impl Probe for HttpProbe {
    async fn exchange(&self, request: &Request) -> Carried {
        if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept")) {
            // reqwest cannot be kept from adding `accept: */*`.
            let mut carried = self.without_accept.exchange(request).await;
            if let Ok(answer) = &mut carried.result {
                // This probe measures nothing; numbers of two probes must not be mistaken for one another.
                answer.facts = Facts::default();
            }
            return carried;
        }
        let started = Instant::now();
        let whole = tokio::time::timeout(self.limits.timeout, stage::scope(self.carry(request))).await;
        let result = whole.unwrap_or_else(|_| Err(too_slow(FaultPhase::Receive)));
        Carried { result, started, ended: Instant::now() }
    }
}

/// The platform's resolver, saying when it is at work.
struct Marking;

impl Resolve for Marking {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            stage::mark(FaultPhase::Resolve);
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !found.is_empty() {
                stage::mark(FaultPhase::Connect);
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
