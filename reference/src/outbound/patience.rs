//! What an answer means for whoever sent something: it arrived, it may arrive later, or it never will.
//! Only a fault that may pass is waited for, and not for long.

use crate::app::{App, Setup};
use crate::clock::from_http_date;
use crate::converse::Answer;
use crate::defect::Defect;
use hyper::StatusCode;
use std::io;
use std::time::Duration;

/// How often something is tried again.
const TRIES: u32 = 3;
/// The first pause; each next one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);
/// The pause of whoever does not heed how long it is asked to wait.
const HASTE: Duration = Duration::from_millis(20);
/// Whoever asks for a longer wait than this is given up.
const LONGEST: Duration = Duration::from_secs(30);

/// Why something did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It could not be carried.
    Unreached,
    /// The other side cannot take it now, and may have said for how long.
    Busy(Option<Duration>),
    /// The other side does not take it.
    Refused,
    /// There is nowhere to send it.
    Hopeless,
}

/// One sender's patience with one message.
#[derive(Debug)]
pub(crate) struct Patience {
    tried: u32,
    tries: u32,
    /// Only with a defect: a refusal is taken for a fault that may pass.
    stubborn: bool,
    /// Only with a defect: nobody is asked when to come back.
    hasty: bool,
}

/// An answer that says yes, or why it is none.
pub(crate) fn judged(app: &App, answer: io::Result<Answer>) -> Result<Answer, Fault> {
    let answer = answer.map_err(|_| Fault::Unreached)?;
    match answer.status {
        status if status.is_success() => Ok(answer),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => Err(Fault::Busy(retry_after(app, &answer))),
        _ => Err(Fault::Refused),
    }
}

impl Patience {
    /// That of whoever fetches something.
    pub(crate) fn of_reader() -> Self {
        Self { tried: 0, tries: TRIES, stubborn: false, hasty: false }
    }

    /// That of whoever sends something.
    pub(crate) fn of_sender(setup: &Setup) -> Self {
        let tries = if setup.has(Defect::NoSecondTry) { 0 } else { TRIES };
        let (stubborn, hasty) = (setup.has(Defect::TriesAgainAfterRefusal), setup.has(Defect::RetryAfterIgnored));
        Self { tried: 0, tries, stubborn, hasty }
    }

    /// Whether this is not the first try any more.
    pub(crate) fn is_again(&self) -> bool {
        self.tried > 0
    }

    /// Waits as long as this fault asks for; false when there is nothing to wait for.
    pub(crate) async fn wait(&mut self, fault: Fault) -> bool {
        let pause = PAUSE * 2_u32.pow(self.tried);
        let pause = match fault {
            Fault::Refused if self.stubborn => pause,
            Fault::Refused | Fault::Hopeless => return false,
            Fault::Busy(Some(_)) if self.hasty => HASTE,
            Fault::Busy(Some(asked)) => asked,
            Fault::Busy(None) | Fault::Unreached => pause,
        };
        if self.tried >= self.tries || pause > LONGEST {
            return false;
        }
        self.tried += 1;
        tokio::time::sleep(pause).await;
        true
    }
}

/// The wait that an answer asks for, in seconds or as a date (RFC 9110, 10.2.3).
fn retry_after(app: &App, answer: &Answer) -> Option<Duration> {
    let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok());
    let asked = header("retry-after")?.trim();
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    // A date is meant on the clock of whoever wrote it.
    let theirs = header("date").and_then(from_http_date).unwrap_or_else(|| app.clock.now());
    let wait = from_http_date(asked)? - theirs;
    Some(Duration::try_from(wait).unwrap_or_default())
}
