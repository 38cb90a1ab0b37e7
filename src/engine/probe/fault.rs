//! What broke and where, said in our own words.
//! Library texts never reach a record: they may quote what was sent.

use super::Broken;
use crate::model::record::FaultPhase;
use rustls::CertificateError;
use std::error::Error;
use std::io::{self, ErrorKind};

/// Says in words what an error chain holds; `reached` is how far the exchange had come.
pub(super) fn broken(reached: FaultPhase, error: &(dyn Error + 'static)) -> Broken {
    let chain = chain(error);
    let found = chain
        .iter()
        .find_map(|cause| cause.downcast_ref::<rustls::Error>().map(|tls| of_tls(reached, tls)))
        .or_else(|| chain.iter().find_map(|cause| cause.downcast_ref::<hyper::Error>().and_then(of_hyper)))
        .or_else(|| chain.iter().rev().find_map(|cause| cause.downcast_ref::<io::Error>().and_then(of_io)));
    let (phase, detail) = match found {
        Some((phase, detail)) => (phase.unwrap_or(reached), detail),
        None => (reached, generic(reached).to_owned()),
    };
    // A name that does not resolve fails with whatever the platform's resolver says.
    let detail = if phase == FaultPhase::Resolve { generic(phase).to_owned() } else { detail };
    let timed_out =
        chain.iter().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == ErrorKind::TimedOut));
    Broken { phase, detail, timed_out }
}

/// An exchange that took longer than it may.
pub(super) fn too_slow(reached: FaultPhase) -> Broken {
    let detail = match reached {
        FaultPhase::Resolve => "the name was not resolved within the time",
        FaultPhase::Connect => "no connection within the time",
        FaultPhase::Tls => "no TLS session within the time",
        FaultPhase::Send => "the request could not be sent within the time",
        FaultPhase::Receive => "no whole answer within the time",
    };
    Broken { phase: reached, detail: detail.to_owned(), timed_out: true }
}

/// A request that cannot be written as HTTP at all.
pub(super) fn unwritable(detail: impl Into<String>) -> Broken {
    Broken { phase: FaultPhase::Send, detail: detail.into(), timed_out: false }
}

type Found = (Option<FaultPhase>, String);

fn of_tls(reached: FaultPhase, error: &rustls::Error) -> Found {
    use rustls::Error as Tls;
    let detail = match error {
        Tls::InvalidCertificate(why) => of_certificate(why).to_owned(),
        Tls::NoCertificatesPresented => "the server shows no certificate".to_owned(),
        // The description is a word of the TLS registry, not text of the peer.
        Tls::AlertReceived(alert) => {
            format!("the server ends the TLS session with the alert {alert:?}")
        }
        Tls::PeerIncompatible(_) => "the server has no TLS version or cipher suite in common with us".to_owned(),
        Tls::InvalidMessage(_) | Tls::InappropriateMessage { .. } | Tls::InappropriateHandshakeMessage { .. } => {
            "what listens there does not speak TLS".to_owned()
        }
        _ => "the TLS session failed".to_owned(),
    };
    // With TLS 1.3 a server refuses us only after we began to send.
    let refused = matches!(error, Tls::AlertReceived(_) | Tls::InvalidCertificate(_));
    (if refused { Some(FaultPhase::Tls) } else { Some(reached) }, detail)
}

fn of_certificate(why: &CertificateError) -> &'static str {
    match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "the certificate has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet"
        }
        CertificateError::UnknownIssuer => {
            "the certificate comes from an authority that is not trusted; add it under `trust` in the target file"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is for another name"
        }
        CertificateError::Revoked => "the certificate is revoked",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the certificate is not meant for a server"
        }
        CertificateError::BadSignature => "the certificate's signature is wrong",
        CertificateError::BadEncoding => "the certificate cannot be read",
        _ => "the certificate is not acceptable",
    }
}

fn of_hyper(error: &hyper::Error) -> Option<Found> {
    let (phase, detail) = if error.is_parse_too_large() {
        (FaultPhase::Receive, "its headers are larger than we read")
    } else if error.is_parse() {
        (FaultPhase::Receive, "what came is not a valid HTTP/1.1 answer")
    } else if error.is_incomplete_message() {
        (FaultPhase::Receive, "the connection was closed before the answer was whole")
    } else if error.is_canceled() || error.is_closed() || error.is_body_write_aborted() {
        (FaultPhase::Send, "the connection was closed before the request was sent")
    } else if error.is_user() {
        (FaultPhase::Send, "the request cannot be written as HTTP/1.1")
    } else {
        return None;
    };
    Some((Some(phase), detail.to_owned()))
}

fn of_io(error: &io::Error) -> Option<Found> {
    let (phase, detail) = match error.kind() {
        ErrorKind::ConnectionRefused => (None, "nobody listens at that address"),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => (None, "the connection was reset"),
        ErrorKind::BrokenPipe | ErrorKind::WriteZero => {
            (Some(FaultPhase::Send), "the connection was closed while the request was being sent")
        }
        ErrorKind::UnexpectedEof => (None, "the connection was closed before the answer was whole"),
        ErrorKind::InvalidInput | ErrorKind::InvalidData => (None, "the body is not framed as its headers say"),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable => {
            (None, "that address cannot be reached")
        }
        ErrorKind::TimedOut => (None, "no connection within the time"),
        _ => return None,
    };
    Some((phase, detail.to_owned()))
}

const fn generic(reached: FaultPhase) -> &'static str {
    match reached {
        FaultPhase::Resolve => "the name does not resolve",
        FaultPhase::Connect => "no connection can be made",
        FaultPhase::Tls => "no TLS session can be made",
        FaultPhase::Send => "the request could not be sent",
        FaultPhase::Receive => "the answer did not come whole",
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut found = Vec::new();
    let mut next = Some(error);
    // Bounded: a chain that refers to itself must not hold up a run.
    while let Some(error) = next.filter(|_| found.len() < 32) {
        found.push(error);
        // An I/O error hides what it wraps from `source`, which skips one link.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_fault_is_found_below_two_wrappers() {
        let tls = rustls::Error::InvalidCertificate(CertificateError::Expired);
        let wrapped = io::Error::other(io::Error::new(ErrorKind::InvalidData, tls));
        let broken = broken(FaultPhase::Tls, &wrapped);
        assert_eq!((broken.phase, broken.detail.as_str()), (FaultPhase::Tls, "the certificate has expired"));
    }

    #[test]
    fn what_a_library_says_is_never_repeated() {
        let error = io::Error::other("token=secret");
        assert!(!broken(FaultPhase::Receive, &error).detail.contains("secret"));
    }
}
