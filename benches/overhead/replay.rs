//! The exchanges of a recording once more, by a client that does nothing else.

use super::ground;
use regex::Regex;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use toetssteen::model::record::{BodyRef, Event, Recording};

/// A sealed value with what may stand behind it, or a word that a server may have given out.
static WORD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"⟦([a-z-]+:\d+:\d+)⟧(?:\([a-z0-9]+\))?|[A-Za-z0-9-]{6,64}").expect("a pattern"));

/// A text in pieces: what stays, and words that the server may have replaced.
struct Template(Vec<Piece>);

enum Piece {
    Fixed(String),
    Word(String),
}

impl Template {
    fn of(text: &str) -> Self {
        let (mut pieces, mut end) = (Vec::new(), 0);
        for found in WORD.captures_iter(text) {
            let whole = found.get(0).expect("the whole match");
            pieces.push(Piece::Fixed(text[end..whole.start()].to_owned()));
            pieces.push(Piece::Word(found.get(1).map_or(whole.as_str(), |sealed| sealed.as_str()).to_owned()));
            end = whole.end();
        }
        pieces.push(Piece::Fixed(text[end..].to_owned()));
        Self(pieces)
    }

    fn fill(&self, known: &HashMap<String, String>) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Fixed(text) => text.as_str(),
                Piece::Word(word) => known.get(word).map_or(word.as_str(), String::as_str),
            })
            .collect()
    }
}

/// One exchange to be done again, with what came back the first time.
struct Line {
    method: reqwest::Method,
    url: Template,
    headers: Vec<(HeaderName, Template)>,
    body: Option<Template>,
    status: u16,
    location: Option<String>,
    answer: Option<Value>,
}

/// All of them, in order.
pub struct Script {
    lines: Vec<Line>,
    known: HashMap<String, String>,
    origin: String,
}

/// What came of it.
pub struct Replayed {
    pub wall: Duration,
    pub sent: usize,
    pub alike: usize,
}

impl Script {
    /// Reads the exchanges of a recording, of which a broken one is left out.
    pub fn of(recording: &Recording, origin: &str) -> Self {
        let body = |body: &BodyRef| {
            let bytes = recording.bodies.get(body.sha256.as_ref()?)?;
            Some(String::from_utf8_lossy(bytes).into_owned())
        };
        let lines = recording.records.iter().filter_map(|record| {
            let Event::Http(http) = &record.event else { return None };
            let header = |name: &str| http.response.headers.iter().find(|(one, _)| one.eq_ignore_ascii_case(name));
            let headers = http.request.headers.iter().filter(|(name, _)| {
                !["host", "content-length", "connection"].iter().any(|own| name.eq_ignore_ascii_case(own))
            });
            Some(Line {
                method: http.request.method.parse().ok()?,
                url: Template::of(http.request.url.strip_prefix(origin)?),
                headers: headers.filter_map(|(name, value)| Some((name.parse().ok()?, Template::of(value)))).collect(),
                body: body(&http.request.body).map(|text| Template::of(&text)),
                status: http.response.status,
                location: header("location").map(|(_, value)| value.clone()),
                answer: body(&http.response.body).and_then(|text| serde_json::from_str(&text).ok()),
            })
        });
        let mut known = HashMap::new();
        // A secret is told by its length.
        for basic in ground::basics() {
            for number in 1..=64 {
                known.insert(format!("client-secret:{number}:{}", basic.len()), basic.clone());
            }
        }
        Self { lines: lines.collect(), known, origin: origin.to_owned() }
    }

    /// Sends them to the reference at this address, one after the other.
    pub async fn play(mut self, origin: &str) -> Result<Replayed, String> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(10))
            .build()
            .map_err(|error| error.to_string())?;
        let (mut alike, began) = (0, Instant::now());
        for line in &self.lines {
            let mut headers = HeaderMap::new();
            for (name, value) in &line.headers {
                let value = HeaderValue::from_str(&value.fill(&self.known)).map_err(|error| error.to_string())?;
                headers.append(name, value);
            }
            let url = format!("{origin}{}", line.url.fill(&self.known));
            let mut request = client.request(line.method.clone(), url).headers(headers);
            if let Some(body) = &line.body {
                request = request.body(body.fill(&self.known).replace(&self.origin, origin));
            }
            let answer = request.send().await.map_err(|error| format!("{error:?}"))?;
            let status = answer.status().as_u16();
            let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
            let bytes = answer.bytes().await.map_err(|error| error.to_string())?;
            alike += usize::from(status == line.status);
            if let (Some(old), Some(new)) = (&line.location, &location) {
                for (old, new) in old.split('/').zip(new.split('/')).filter(|(old, new)| old != new) {
                    self.known.insert(old.to_owned(), new.to_owned());
                }
            }
            if let Some(old) = &line.answer
                && let Ok(new) = serde_json::from_slice::<Value>(&bytes)
            {
                learn(old, &new, &mut self.known);
            }
        }
        Ok(Replayed { wall: began.elapsed(), sent: self.lines.len(), alike })
    }
}

/// What stood in the first answer stands elsewhere for what stands at its place now.
fn learn(old: &Value, new: &Value, known: &mut HashMap<String, String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, old) in old {
                let Some(new) = new.get(name) else { continue };
                match (name.as_str(), old, new) {
                    ("id" | "access_token", Value::String(old), Value::String(new)) => {
                        let sealed = old.trim_start_matches('⟦').trim_end_matches('⟧');
                        known.insert(sealed.to_owned(), new.clone());
                    }
                    _ => learn(old, new, known),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            old.iter().zip(new).for_each(|(old, new)| learn(old, new, known));
        }
        _ => {}
    }
}
