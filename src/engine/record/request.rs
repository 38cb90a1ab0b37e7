//! A request of a case as it goes over the wire: address, headers and body, filled in and in the form that is asked for.
//! What it holds is secret still; nothing is sent here.

use super::instance::Walk;
use super::{hostile, link};
use crate::engine::body::{self, BodyError, Written};
use crate::engine::fill::{Asked, Scene, url_below};
use crate::engine::probe::Request;
use crate::engine::schedule::{Values, word_of};
use crate::model::plan::Dialect;
use crate::model::request::{Body, HostileForm, HttpRequest};
use crate::model::target::Format;
use std::collections::BTreeMap;

/// A body that was made.
enum Made {
    /// A text of the case's own, whose media type is given by a header.
    Text(String),
    /// What the engine wrote, which knows what it is.
    Written(Written),
}

impl Walk<'_> {
    /// A request with every name filled in, in the form of this instance's dialect.
    ///
    /// # Errors
    /// When a name stands for nothing, a link leads elsewhere, or its body cannot be made.
    pub(super) fn filled(
        &self,
        http: &HttpRequest,
        asked: Option<&Asked>,
        values: &Values,
        endpoint: &str,
        base: &str,
    ) -> Result<Request, BodyError> {
        let captures = |step: &str, name: &str| self.kept.get(&(step.to_owned(), name.to_owned())).cloned();
        let with = BTreeMap::new();
        let scene = self.scene(values, asked, endpoint, &captures, &with);
        let path = scene.fill(&http.path)?;
        let url = if http.is_link() {
            link::resolved(base, &path)?
        } else if path.starts_with('/') {
            url_below(base, &path)
        } else {
            return Err(BodyError::NoPlace(path));
        };
        let dialect = self.instance().dialect;
        let mut headers = Request::own_headers(dialect.format);
        let mut bytes = Vec::new();
        if !http.form.is_empty() {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            for (name, text) in &http.form {
                form.append_pair(name, &scene.fill(text)?);
            }
            bytes = form.finish().into_bytes();
            headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        }
        if let Some(body) = &http.body {
            let named = http.header.iter().find(|(name, _)| name.as_str() == "content-type");
            let named = named.map(|(_, text)| scene.fill(text)).transpose()?;
            bytes = match self.body(body, body::form(dialect, named.as_deref()), &scene, values)? {
                Made::Text(text) => text.into_bytes(),
                Made::Written(written) => {
                    headers.push(("content-type".to_owned(), written.media_type.to_owned()));
                    written.bytes
                }
            };
        }
        for (name, text) in &http.header {
            headers.retain(|(known, _)| known != name.as_str());
            let value = scene.fill(text)?;
            if !value.is_empty() {
                headers.push((name.as_str().to_owned(), value));
            }
        }
        Ok(Request { method: http.method, url, headers, body: bytes })
    }

    fn body(&self, body: &Body, dialect: Dialect, scene: &Scene<'_>, values: &Values) -> Result<Made, BodyError> {
        Ok(match body {
            Body::Text(text) => Made::Text(scene.fill(text)?),
            Body::Hostile(wanted) => {
                let word = word_of(&wanted.form, values);
                let form = HostileForm::named(&word).ok_or(BodyError::NoPlace(word))?;
                let bytes = hostile::bytes(form, &scene.fill(&wanted.subject)?);
                Made::Written(Written { bytes, media_type: Format::Json.media_type() })
            }
            Body::Forms(forms) => {
                let text = match dialect.format {
                    Format::Json => &forms.json,
                    Format::Xml => &forms.xml,
                };
                Made::Written(Written {
                    bytes: scene.fill(text)?.into_bytes(),
                    media_type: dialect.format.media_type(),
                })
            }
            Body::Fixture(fixture) => Made::Written(body::fixture(&self.session.catalogue, fixture, dialect, scene)?),
            Body::Response(response) => {
                let last = self.sent.iter().rev().find(|sent| sent.key.step.as_ref() == Some(&response.of));
                let missing = || BodyError::NoPlace(response.of.to_string());
                let came = last.and_then(|sent| sent.response.as_deref()).ok_or_else(missing)?;
                Made::Written(body::response(came, &response.set, &response.remove, dialect, scene)?)
            }
        })
    }
}
