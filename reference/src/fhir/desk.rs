//! One data holder answering one call: which interaction it is, and in which order it is judged.
//! Authentication comes first, then everything that can be judged from the call alone, then lookup.

use super::access::{Lens, View};
use super::blunder;
use super::capability::{Offer, statement};
use super::handle;
use super::kind::{HOLDER, Kind, named};
use super::negotiate::{Expects, Received, accepted, received};
use super::outcome::Speech;
use super::search::Asked;
use super::spoil;
use crate::app::{App, Holder, Setup, Which};
use crate::client;
use crate::clock::from_http_date;
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::facility::Heard;
use crate::log;
use crate::token::{Session, bearer};
use crate::wire::{Call, Content, Reply};
use hyper::{Method, StatusCode};
use time::OffsetDateTime;

pub(crate) struct Desk<'a> {
    pub(crate) setup: &'a Setup,
    pub(crate) speech: Speech,
    pub(crate) base: String,
    pub(crate) now: OffsetDateTime,
    /// The moment at which choices are judged, which is now unless a defect says otherwise.
    pub(crate) judged: Option<OffsetDateTime>,
    /// Whether the asker says that there is consent.
    pub(crate) vouched: bool,
    /// What the register of consent said of those who follow it.
    pub(crate) heard: &'a Heard,
    pub(crate) session: &'a Session,
    pub(crate) holder: &'a mut Holder,
    /// The id a transaction promised to the next resource that is created.
    pub(crate) promised: Option<String>,
}

/// What a path asks for, as far as its shape tells.
enum Place<'p> {
    Whole,
    Type(&'static Kind),
    Search(&'static Kind),
    Instance(&'static Kind, &'p str),
    Version(&'static Kind, &'p str, &'p str),
    History(&'static Kind, &'p str),
    Page(&'p str),
}

pub(crate) fn answer(app: &App, which: Which, call: &Call, rest: &[&str], heard: &Heard) -> Reply {
    let setup = &app.setup;
    let speech = Speech(setup.style);
    let base = setup.holder(which);
    if rest == ["metadata"] {
        return metadata(app, &base, call, speech);
    }
    let mut audiences = vec![base.clone()];
    if setup.has(Defect::AudienceNotChecked) {
        audiences = vec![setup.holder(Which::A), setup.holder(Which::B)];
    }
    let session = match handle::opens(setup, call, rest).map_or_else(|| bearer(app, call, &audiences), Ok) {
        Ok(session) => session,
        Err(denied) => return speech.unauthorized(denied.challenge()),
    };
    let is_organisation = matches!(session.right, Right::Organisation { .. });
    if setup.has(Defect::VendorTenantRequired) && is_organisation && call.header("x-vendor-tenant").is_none() {
        return speech.bad("required", "the header X-Vendor-Tenant is missing");
    }
    let now = app.clock.now();
    let mut world = app.world();
    let (judged, vouched) = (judged(setup, call, now), call.header("x-consent").is_some());
    let holder = world.holder(which);
    let mut desk = Desk { setup, speech, base, now, judged, vouched, heard, session: &session, holder, promised: None };
    let spoilt = spoil::call(setup, call);
    let reply = match spoilt.method {
        Method::HEAD if setup.has(Defect::HeadAlways200) => return Reply::new(StatusCode::OK, Content::Empty),
        Method::HEAD => desk.route(&Call { method: Method::GET, ..spoilt }, rest),
        _ => desk.route(&spoilt, rest),
    };
    let reply = client::suited(setup, call, blunder::spoiled(setup, reply));
    let accesses = log::accesses(setup, &world.holder(which).store, &session, &reply, now);
    Reply { accesses: accesses.map(Box::new), ..reply }
}

/// The moment at which choices are judged: the clock of the holder, never one of the asker.
fn judged(setup: &Setup, call: &Call, now: OffsetDateTime) -> Option<OffsetDateTime> {
    if setup.has(Defect::ConsentEndIgnored) {
        return None;
    }
    let said = call.header("date").filter(|_| setup.has(Defect::ClientDateTrusted)).and_then(from_http_date);
    Some(said.unwrap_or(now))
}

fn metadata(app: &App, base: &str, call: &Call, speech: Speech) -> Reply {
    if call.method != Method::GET {
        return speech.method("GET");
    }
    match accepted(call, speech) {
        Ok(()) => Reply::resource(StatusCode::OK, statement(&app.setup, base, Offer::Holder)),
        Err(refusal) => refusal,
    }
}

impl Desk<'_> {
    pub(crate) fn view(&self, lens: Lens) -> View<'_> {
        let (now, vouched) = (self.judged, self.vouched);
        View { setup: self.setup, holder: self.holder, session: self.session, lens, now, vouched, heard: self.heard }
    }

    /// Answers a call from somebody whose token is good here.
    pub(crate) fn route(&mut self, call: &Call, rest: &[&str]) -> Reply {
        let early = self.undeclared(call, rest).or_else(|| self.validated(call, rest));
        if let Some(reply) = early.or_else(|| self.bulk(call, rest)) {
            return reply;
        }
        let place = match self.place(rest) {
            Ok(place) => place,
            Err(refusal) => return refusal,
        };
        let allow = self.allow(&place);
        if !allow.split(", ").any(|method| method == call.method.as_str()) {
            return self.speech.method(allow);
        }
        let read =
            accepted(call, self.speech).and_then(|()| received(call, expects(&place, &call.method), self.speech));
        let received = match read {
            Ok(received) => received,
            Err(refusal) => return self.unreadable(&place, refusal),
        };
        if let Err(refusal) = self.entitled(&place, &call.method) {
            return match place {
                Place::Type(kind) | Place::Search(kind) => self.slip(call, kind, &received, refusal),
                Place::Whole | Place::Instance(..) | Place::Version(..) | Place::History(..) | Place::Page(_) => {
                    refusal
                }
            };
        }
        self.interact(call, &place, received)
    }

    fn interact(&mut self, call: &Call, place: &Place<'_>, received: Received) -> Reply {
        match (place, received) {
            (Place::Whole, Received::Resource(bundle)) => self.bundle(call, bundle),
            (Place::Type(kind), Received::Resource(body)) if call.method == Method::PUT => {
                self.update_by_search(call, kind, body)
            }
            (Place::Type(kind), Received::Resource(body)) => self.create(call, kind, body),
            (Place::Type(kind), _) if call.method == Method::DELETE => self.delete_by_search(call, kind),
            (Place::Type(kind), _) => self.search(call, kind, Asked { pairs: &call.query, lens: Lens::Get, offset: 0 }),
            (Place::Search(kind), Received::Form(mut form)) => {
                if self.setup.has(Defect::PostSearchIgnoresBody) {
                    form.clear();
                }
                form.extend(call.query.iter().cloned());
                self.search(call, kind, Asked { pairs: &form, lens: Lens::PostSearch, offset: 0 })
            }
            (Place::Page(token), _) => self.page(call, token),
            (Place::Instance(kind, id), Received::Resource(body)) => self.update(call, kind, id, body),
            (Place::Instance(kind, id), _) if call.method == Method::DELETE => self.delete(kind, id),
            (Place::Instance(kind, id), _) => self.unless_known(call, self.read(kind, id, None)),
            (Place::History(kind, id), _) => self.history(kind, id),
            (Place::Version(kind, id, number), _) => self.read(kind, id, Some(number)),
            (Place::Whole | Place::Search(_), _) => self.speech.unserved_path(),
        }
    }

    fn place<'p>(&self, rest: &[&'p str]) -> Result<Place<'p>, Reply> {
        let (name, tail) = match rest {
            [] | [""] => return Ok(Place::Whole),
            ["_page", token] if self.setup.style == Style::Other => return Ok(Place::Page(token)),
            [name, tail @ ..] => (name, tail),
        };
        let Some(kind) = named(HOLDER, name) else {
            return Err(if self.setup.has(Defect::UnknownTypeWithoutOutcome) {
                Reply::new(StatusCode::NOT_FOUND, Content::Html("<html><body>Not found</body></html>"))
            } else {
                self.speech.unknown_type(name)
            });
        };
        match tail {
            [] => Ok(Place::Type(kind)),
            ["_search"] => Ok(Place::Search(kind)),
            [id] if !id.is_empty() && !id.starts_with(['$', '_']) => Ok(Place::Instance(kind, id)),
            [id, "_history"] if !id.is_empty() => Ok(Place::History(kind, id)),
            [id, "_history", number] if !number.is_empty() => Ok(Place::Version(kind, id, number)),
            _ => Err(self.speech.unserved_path()),
        }
    }

    fn allow(&self, place: &Place<'_>) -> &'static str {
        // In the other style choices are recorded at the portal, so Consent is only read.
        let counts = self.setup.has(Defect::RequesterConsentCounts);
        let fixed = |kind: &Kind| {
            (kind.name == "Consent" && self.setup.style == Style::Other && !counts)
                || (kind.name == "Encounter" && self.setup.has(Defect::CapabilityListsUnservedWrites))
        };
        match place {
            Place::Whole | Place::Search(_) => "POST",
            Place::Version(..) | Place::History(..) | Place::Page(_) => "GET",
            Place::Type(kind) | Place::Instance(kind, _) if fixed(kind) => "GET",
            Place::Type(_) => "GET, POST, PUT, DELETE",
            Place::Instance(..) => "GET, PUT, DELETE",
        }
    }

    /// Media types and syntax are judged before lookup, so that they say nothing about what exists.
    fn unreadable(&self, place: &Place<'_>, refusal: Reply) -> Reply {
        let early = self.setup.has(Defect::LookupBeforeNegotiation)
            && [StatusCode::NOT_ACCEPTABLE, StatusCode::UNSUPPORTED_MEDIA_TYPE].contains(&refusal.status);
        match place {
            Place::Instance(kind, id) | Place::Version(kind, id, _) | Place::History(kind, id)
                if early && self.holder.store.live(kind.name, id).is_none() =>
            {
                self.speech.unknown_id(kind.name, id)
            }
            _ => refusal,
        }
    }

    /// What this client may do at all, whatever the resource.
    fn entitled(&self, place: &Place<'_>, method: &Method) -> Result<(), Reply> {
        let (kind, writes) = match place {
            Place::Whole | Place::Page(_) => return Ok(()),
            Place::Search(kind) => (kind, false),
            Place::Type(kind) | Place::Instance(kind, _) | Place::Version(kind, ..) | Place::History(kind, _) => {
                (kind, *method != Method::GET)
            }
        };
        let may = match self.session.right {
            Right::Writer => true,
            Right::Portal => !writes || kind.name == "Consent",
            Right::Organisation { .. } => !writes && !["Consent", "CareTeam"].contains(&kind.name),
        };
        let asked = if writes { self.session.may_write(kind.name) } else { self.session.may_read(kind.name) };
        if may && asked { Ok(()) } else { Err(self.speech.forbidden()) }
    }
}

fn expects(place: &Place<'_>, method: &Method) -> Expects {
    match place {
        Place::Search(_) => Expects::Form,
        _ if [Method::POST, Method::PUT].contains(method) => Expects::Resource,
        _ => Expects::Nothing,
    }
}
