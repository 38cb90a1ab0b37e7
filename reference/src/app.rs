//! What the whole process holds, and the table of its routes.
//! Every answer is made under one lock, so each request sees a settled state.

use crate::clock::Clock;
use crate::config::{Client, Config, Regime, RevocationAt, Style};
use crate::defect::{Defect, Defects};
use crate::directed::{self, Directed};
use crate::errand::Errands;
use crate::facility::{Copies, Heard};
use crate::fhir::{self, Choice, Store};
use crate::log::{self, Log};
use crate::mailbox::{self, Mailbox};
use crate::outbound::Carrier;
use crate::pharmacy::{self, Pharmacy};
use crate::stall::Stall;
use crate::token::{self, Assertions, Signer};
use crate::wire::{Call, Reply};
use crate::{control, portal, public};
use hyper::StatusCode;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct App {
    pub(crate) setup: Setup,
    pub(crate) clock: Clock,
    pub(crate) signer: Signer,
    pub(crate) carrier: Carrier,
    pub(crate) errands: Errands,
    pub(crate) stall: Stall,
    world: Mutex<World>,
}

/// What does not change while the process runs.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) style: Style,
    pub(crate) regime: Regime,
    pub(crate) defects: Defects,
    pub(crate) clients: Vec<Client>,
    pub(crate) own_ura: String,
    /// Base URLs of facilities by name.
    pub(crate) facilities: BTreeMap<String, String>,
    /// How long an answer of the register of consent may be used again, where it is kept at all.
    pub(crate) copies_last: Option<Duration>,
    origin: String,
    /// Where partners come in; the ordinary origin unless they have a port of their own.
    partner_origin: String,
    parted: bool,
    /// Whether data holders are served where partners come in.
    holders_parted: bool,
}

#[derive(Debug)]
pub(crate) struct World {
    a: Holder,
    b: Holder,
    pub(crate) pharmacy: Pharmacy,
    pub(crate) directed: Directed,
    pub(crate) mailbox: Mailbox,
    pub(crate) assertions: Assertions,
    pub(crate) log: Log,
}

/// One data holder: its resources and the choices recorded at its portal.
#[derive(Debug)]
pub(crate) struct Holder {
    pub(crate) store: Store,
    pub(crate) choices: BTreeMap<String, Choice>,
    /// Only with a defect: patients whose objection lapsed through something that happened to their record.
    pub(crate) reopened: BTreeSet<String>,
    /// Patients about whom the register of consent decides along.
    pub(crate) followers: BTreeSet<String>,
    /// What the register of consent last said of them.
    pub(crate) copies: Copies,
}

/// Where this process is reached; partners have an origin of their own or use the ordinary one.
#[derive(Debug)]
pub(crate) struct Origins {
    pub(crate) own: String,
    pub(crate) partner: Option<String>,
}

/// By which port a call came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    Ordinary,
    Partner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    A,
    B,
}

impl App {
    pub(crate) fn new(
        config: Config,
        clock: Clock,
        origins: Origins,
        carrier: Carrier,
        errands: Errands,
    ) -> io::Result<Self> {
        let refused = |text: String| io::Error::new(io::ErrorKind::InvalidInput, text);
        let defects =
            Defects::parse(&config.defects).map_err(|name| refused(format!("no defect is called `{name}`")))?;
        let ids: BTreeSet<_> = config.clients.iter().map(|client| &client.id).collect();
        if ids.len() != config.clients.len() {
            return Err(refused("a client id is given twice".to_owned()));
        }
        if let Some(client) = config.clients.iter().find(|client| !token::readable(client)) {
            return Err(refused(format!("the key of client `{}` cannot be read", client.id)));
        }
        let setup = Setup {
            style: config.style,
            regime: config.regime,
            defects,
            clients: config.clients,
            own_ura: config.own_ura,
            facilities: config.partners.facilities,
            copies_last: config.partners.copies_last,
            parted: origins.partner.is_some(),
            holders_parted: config.partners.tls.as_ref().and_then(|tls| tls.revocation.as_ref()).map(|at| at.door)
                == Some(RevocationAt::Holders),
            partner_origin: origins.partner.unwrap_or_else(|| origins.own.clone()),
            origin: origins.own,
        };
        let holder = |which| Holder {
            store: Store::new(setup.holder(which), setup.style),
            choices: BTreeMap::new(),
            reopened: BTreeSet::new(),
            followers: BTreeSet::new(),
            copies: Copies::default(),
        };
        let world = World {
            a: holder(Which::A),
            b: holder(Which::B),
            pharmacy: Pharmacy::new(setup.prescriptions(), setup.style),
            directed: Directed::default(),
            mailbox: Mailbox::default(),
            assertions: Assertions::default(),
            log: Log::default(),
        };
        Ok(Self {
            signer: Signer::generate().map_err(io::Error::other)?,
            setup,
            clock,
            carrier,
            errands,
            stall: Stall::default(),
            world: Mutex::new(world),
        })
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The hooks are not among these: what they ask for takes time on the wire.
    pub(crate) fn answer(self: &Arc<Self>, call: &Call, heard: &Heard) -> Reply {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["holder-a", "fhir", rest @ ..] => fhir::answer(self, Which::A, call, rest, heard),
            ["holder-b", "fhir", rest @ ..] => fhir::answer(self, Which::B, call, rest, heard),
            ["pharmacy", "fhir", rest @ ..] => pharmacy::answer(self, call, rest),
            ["care", "fhir", rest @ ..] => directed::serve(self, call, rest),
            ["care", "notification", rest @ ..] => directed::notified(self, call, rest),
            ["mailbox", rest @ ..] => mailbox::answer(self, call, rest),
            ["token"] => token::answer(self, call),
            ["portal", "log", rest @ ..] => log::answer(self, call, rest),
            ["portal", rest @ ..] => portal::answer(self, call, rest),
            ["control", rest @ ..] => control::answer(self, call, rest),
            other => public::answer(self, call, other).unwrap_or_else(nothing_here),
        }
    }
}

/// The answer of an address where nothing is served.
pub(crate) fn nothing_here() -> Reply {
    Reply::problem(StatusCode::NOT_FOUND, "not_found", "nothing is served here")
}

impl Setup {
    /// Whether what is asked for is served at the port where it is asked.
    pub(crate) fn serves(&self, gate: Gate, call: &Call) -> bool {
        let first = call.path.first().map_or("", String::as_str);
        let of_partners = match first {
            "care" | "pharmacy" => true,
            "holder-a" | "holder-b" => self.holders_parted,
            _ => false,
        };
        !self.parted || of_partners == (gate == Gate::Partner)
    }

    pub(crate) fn holder(&self, which: Which) -> String {
        let name = match which {
            Which::A => "holder-a",
            Which::B => "holder-b",
        };
        let origin = if self.holders_parted { &self.partner_origin } else { &self.origin };
        format!("{origin}/{name}/fhir")
    }

    pub(crate) fn prescriptions(&self) -> String {
        format!("{}/pharmacy/fhir", self.partner_origin)
    }

    /// Where recipients read what is handed off to them.
    pub(crate) fn handoff(&self) -> String {
        format!("{}/care/fhir", self.partner_origin)
    }

    /// Where senders say that there is something to read.
    pub(crate) fn notification(&self) -> String {
        format!("{}/care/notification", self.partner_origin)
    }

    /// Where an intermediary keeps messages, each under its id.
    pub(crate) fn mailbox(&self) -> String {
        format!("{}/mailbox/messages", self.origin)
    }

    /// Where an organisation sees which messages wait for it.
    pub(crate) fn inbox(&self) -> String {
        match self.style {
            Style::Plain => self.mailbox(),
            Style::Other => format!("{}/mailbox/inbox", self.origin),
        }
    }

    pub(crate) fn portal(&self) -> String {
        format!("{}/portal", self.origin)
    }

    pub(crate) fn token(&self) -> String {
        format!("{}/token", self.origin)
    }

    /// Every place a token can be meant for.
    pub(crate) fn audiences(&self) -> Vec<String> {
        let holders = [self.holder(Which::A), self.holder(Which::B), self.portal()];
        let partners = [self.prescriptions(), self.handoff(), self.notification()];
        holders.into_iter().chain(partners).chain([self.mailbox(), self.inbox()]).collect()
    }

    pub(crate) fn endpoints(&self) -> BTreeMap<String, String> {
        [
            ("fhir", self.holder(Which::A)),
            ("fhir-2", self.holder(Which::B)),
            ("token", self.token()),
            ("portal", self.portal()),
            ("access-log", format!("{}/log", self.portal())),
            ("control", format!("{}/control", self.origin)),
            ("hooks", format!("{}/hooks", self.origin)),
            ("prescriptions", self.prescriptions()),
            ("handoff", self.handoff()),
            ("notification", self.notification()),
            ("mailbox", self.mailbox()),
            ("inbox", self.inbox()),
            ("public", self.origin.clone()),
        ]
        .map(|(name, url)| (name.to_owned(), url))
        .into()
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.defects.has(defect)
    }
}

impl World {
    pub(crate) fn holder(&mut self, which: Which) -> &mut Holder {
        match which {
            Which::A => &mut self.a,
            Which::B => &mut self.b,
        }
    }
}
