//! A request of the vendor's own client: the first line, headers and body of a text, with placeholders.
//! Credentials in it are left out: who asks is said by the case, and no secret belongs in a file.

use super::deed::Sent;
use super::instance::Walk;
use crate::engine::fill::{Asked, url_below};
use crate::engine::probe::Request;
use crate::engine::schedule::{Move, member_of};
use crate::model::record::{Key, SkipReason};
use crate::model::request::Method;
use crate::model::testcase::VendorSample;
use crate::model::text::Text;
use std::collections::BTreeMap;

/// Headers that the engine sets itself, or that hold secrets.
const NOT_TAKEN: [&str; 6] = ["host", "content-length", "connection", "transfer-encoding", "authorization", "cookie"];

/// A sample as it is written.
#[derive(Debug, PartialEq, Eq)]
struct Written {
    method: Method,
    path: Text,
    headers: Vec<(String, Text)>,
    body: Text,
}

impl Walk<'_> {
    pub(super) async fn vendor_sample(&mut self, one: &Move<'_>, sample: &VendorSample) {
        let about = member_of(&sample.about, &one.values);
        let key = Key { about: about.clone(), ..self.key(one) };
        let written = match self.session.samples.get(&sample.name).map(|text| parse(text)) {
            Some(Ok(written)) => written,
            Some(Err(cause)) => return self.skip(key, SkipReason::NoValue, format!("sample {}: {cause}", sample.name)),
            None => return self.skip(key, SkipReason::NoValue, format!("no sample {}", sample.name)),
        };
        let Some(base) = self.session.target.endpoints.get("fhir").cloned() else { return };
        let asked = about.map(Asked::Member);
        let request = match self.filled_sample(one, &written, asked.as_ref(), &base) {
            Ok(request) => request,
            Err(cause) => return self.skip(key, SkipReason::NoValue, cause),
        };
        let Some(credential) = self.credential(one.step, &key, &one.values, "fhir").await else { return };
        let mut sent = Sent::new(key, base, request);
        sent.request.headers.extend(credential);
        self.send(one.step, sent).await;
    }

    fn filled_sample(
        &self,
        one: &Move<'_>,
        written: &Written,
        asked: Option<&Asked>,
        base: &str,
    ) -> Result<Request, String> {
        let captures = |step: &str, name: &str| self.kept.get(&(step.to_owned(), name.to_owned())).cloned();
        let with = BTreeMap::new();
        let scene = self.scene(&one.values, asked, "fhir", &captures, &with);
        let fill = |text: &Text| scene.fill(text).map_err(|error| error.to_string());
        let headers = written.headers.iter().map(|(name, text)| Ok((name.clone(), fill(text)?)));
        let url = url_below(base, &fill(&written.path)?);
        let body = fill(&written.body)?.into_bytes();
        Ok(Request { method: written.method, url, headers: headers.collect::<Result<_, String>>()?, body })
    }
}

fn parse(text: &str) -> Result<Written, String> {
    let text = text.replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end(), ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let mut words = first.split_whitespace();
    let method = words.next().and_then(|word| serde_json::from_value(serde_json::Value::from(word)).ok());
    let method = method.ok_or("the first line is not `METHOD /path`")?;
    let path = words.next().filter(|path| path.starts_with('/')).ok_or("the path does not begin with `/`")?;
    let placeholders = |text: &str| Text::try_from(text.to_owned()).map_err(|error| error.to_string());
    let mut headers = Vec::new();
    for line in lines {
        let (name, value) = line.split_once(':').ok_or_else(|| format!("`{line}` is no header"))?;
        let name = name.trim().to_ascii_lowercase();
        if name.is_empty()
            || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        {
            return Err(format!("`{name}` is no name of a header"));
        }
        if !NOT_TAKEN.contains(&name.as_str()) {
            headers.push((name, placeholders(value.trim())?));
        }
    }
    Ok(Written { method, path: placeholders(path)?, headers, body: placeholders(body)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_read_without_its_credentials() {
        let written = parse("GET /Observation?patient={{asked.id}} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer s\r\nX-Tenant: 7\r\n\r\n").unwrap();
        assert_eq!(written.method, Method::Get);
        assert_eq!(written.headers, [("x-tenant".to_owned(), Text::literal("7"))]);
        assert_eq!(written.path.to_string(), "/Observation?patient={{asked.id}}");
        assert_eq!(written.body, Text::literal(""));
    }

    #[test]
    fn what_is_no_request_says_why() {
        assert!(parse("").is_err());
        assert!(parse("FETCH /x").is_err());
        assert!(parse("GET x").is_err());
        assert!(parse("GET /x\nnonsense").is_err());
    }
}
