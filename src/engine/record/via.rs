//! The clients we can be: the same request, as another conformant client would send it.
//! What a standard leaves free may differ here, and nothing else.

use crate::engine::probe::Request;
use crate::engine::wire::{Certificate, Lane};
use crate::model::request::HeaderName;
use crate::model::target::Format;
use crate::model::testcase::Via;
use std::collections::BTreeMap;

/// The wish for a form as every request of ours begins with it, and the same with weights, as many libraries write it;
/// an accept header that a case writes is left alone.
const WEIGHTED: [(Format, &str); 2] = [
    (Format::Json, "application/fhir+json;q=1.0, application/json;q=0.9, */*;q=0.1"),
    (Format::Xml, "application/fhir+xml;q=1.0, application/xml;q=0.9, */*;q=0.1"),
];
/// What a plain HTTP library calls itself.
const LIBRARY: &str = "Apache-HttpClient/5.3 (Java/21)";

/// Makes a request look as that client would send it; gives the lane it takes.
pub fn dress(via: Option<Via>, own: &BTreeMap<HeaderName, String>, request: &mut Request) -> Lane {
    match via {
        None => Lane::Ordinary,
        Some(Via::Client2) => {
            for (name, value) in &mut request.headers {
                match name.as_str() {
                    "user-agent" => LIBRARY.clone_into(value),
                    "accept" => {
                        let same = WEIGHTED.iter().find(|(format, _)| format.media_type() == value);
                        if let Some((_, weighted)) = same {
                            (*weighted).clone_into(value);
                        }
                    }
                    _ => {}
                }
            }
            request.headers.reverse();
            Lane::Raw
        }
        Some(Via::OwnClient) => {
            for (name, value) in own {
                request.headers.retain(|(known, _)| known != name.as_str());
                request.headers.push((name.as_str().to_owned(), value.clone()));
            }
            Lane::Ordinary
        }
        Some(Via::WithoutCertificate) => Lane::Showing(Certificate::None),
        Some(Via::ExpiredCertificate) => Lane::Showing(Certificate::Expired),
        Some(Via::UntrustedCertificate) => Lane::Showing(Certificate::Untrusted),
        Some(Via::RevocableCertificate) => Lane::Showing(Certificate::Revocable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::request::Method;

    fn request(accept: &str) -> Request {
        let mut headers = Request::own_headers(Format::Json);
        headers.retain(|(name, _)| name != "accept");
        headers.push(("accept".to_owned(), accept.to_owned()));
        headers.push(("authorization".to_owned(), "Bearer x".to_owned()));
        Request { method: Method::Get, url: "http://h/fhir".to_owned(), headers, body: Vec::new() }
    }

    fn header<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
        request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn the_second_client_wants_the_same_and_looks_otherwise() {
        for (format, weighted) in WEIGHTED {
            let (mut second, first) = (request(format.media_type()), request(format.media_type()));
            assert_eq!(dress(Some(Via::Client2), &BTreeMap::new(), &mut second), Lane::Raw);
            assert_ne!(header(&second, "user-agent"), header(&first, "user-agent"));
            assert_eq!(header(&second, "accept"), Some(weighted));
            assert_eq!(header(&second, "authorization"), Some("Bearer x"));
        }
        let mut special = request("application/pdf");
        dress(Some(Via::Client2), &BTreeMap::new(), &mut special);
        assert_eq!(header(&special, "accept"), Some("application/pdf"));
    }

    #[test]
    fn the_suppliers_client_has_the_headers_of_the_target_file() {
        let own = [("user-agent".to_owned().try_into().unwrap(), "Own/1".to_owned())].into();
        let mut theirs = request(Format::Json.media_type());
        assert_eq!(dress(Some(Via::OwnClient), &own, &mut theirs), Lane::Ordinary);
        assert_eq!(header(&theirs, "user-agent"), Some("Own/1"));
    }
}
