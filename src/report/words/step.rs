//! A step as a sentence, composed from its typed parts.
//! Names of people, sets and steps stand as the case writes them.

use super::both;
use crate::language::catalogue::Catalogue;
use crate::model::expectation::{BodyIs, Count, Decisions, Expectation, Matcher, Opening, Place, ValueAt};
use crate::model::report::Said;
use crate::model::testcase::{Head, Listed, Part, Range, Scripted, Send, Step, Subject, Verb, Via, Without};

/// The sentence of a step; its own title where the case gives one.
#[must_use]
pub fn sentence(catalogue: &Catalogue, step: &Step) -> Said {
    if let Some(title) = &step.frame.title {
        return both(title.nl.clone(), title.en.clone());
    }
    let (head_nl, head_en) = match step.head {
        Head::Given => ("Vooraf", "Given"),
        Head::Control | Head::Around => ("Controleproef", "Control"),
        Head::Step => ("Toets", "Step"),
    };
    let verb = verb(catalogue, &step.verb);
    let party = step.frame.party.as_ref().map(ToString::to_string);
    let (as_nl, as_en) = match &party {
        Some(party) => (format!("als {party} "), format!("as {party} ")),
        None => (String::new(), String::new()),
    };
    let (via_nl, via_en) = match step.frame.via {
        None => ("", ""),
        Some(Via::Client2) => (", met een tweede client", ", with a second client"),
        Some(Via::OwnClient) => (", zoals de eigen client van de leverancier", ", as the supplier's own client does"),
        Some(Via::WithoutCertificate) => (" zonder clientcertificaat", " without a client certificate"),
        Some(Via::ExpiredCertificate) => (" met een verlopen clientcertificaat", " with an expired client certificate"),
        Some(Via::UntrustedCertificate) => {
            (" met een clientcertificaat van een onbekende uitgever", " with a client certificate of an unknown issuer")
        }
        Some(Via::RevocableCertificate) => (
            " met een clientcertificaat dat alleen dit testgeval gebruikt",
            " with a client certificate that only this case uses",
        ),
    };
    let (while_nl, while_en) = match &step.frame.meanwhile {
        None => (String::new(), String::new()),
        Some(other) => (format!(" tijdens stap {other}"), format!(" during step {other}")),
    };
    let (each_nl, each_en) = each(step);
    let expects: Vec<Said> = step.frame.expect.iter().map(|one| expectation(&step.verb, one)).collect();
    let tail = |texts: Vec<&str>, word: &str| {
        if texts.is_empty() { String::new() } else { format!("; {word}: {}", texts.join("; ")) }
    };
    let nl = tail(expects.iter().map(|said| said.nl.as_str()).collect(), "verwacht");
    let en = tail(expects.iter().map(|said| said.en.as_str()).collect(), "expected");
    both(
        format!("{head_nl}: {as_nl}{}{via_nl}{while_nl}{each_nl}{nl}", verb.nl),
        format!("{head_en}: {as_en}{}{via_en}{while_en}{each_en}{en}", verb.en),
    )
}

/// What the status list says from here on.
fn listed(who: &str, listed: &Listed) -> Said {
    let (what_nl, what_en) = match listed.revoked.is_empty() {
        true => (
            "een lijst geven zonder het certificaat van dit testgeval",
            "give a list without the certificate of this case",
        ),
        false => (
            "het certificaat van dit testgeval als ingetrokken melden",
            "say that the certificate of this case is revoked",
        ),
    };
    let lasting = listed.lasting.clone().map(String::from);
    let (for_nl, for_en) = match &lasting {
        None => (String::new(), String::new()),
        Some(span) => (format!("; elke lijst geldt {span}"), format!("; each list is good for {span}")),
    };
    both(format!("laat {who} {what_nl}{for_nl}"), format!("let {who} {what_en}{for_en}"))
}

fn verb(catalogue: &Catalogue, verb: &Verb) -> Said {
    match verb {
        Verb::Ask(ask) => {
            let set = catalogue.sets.get(&ask.set).map(|set| set.title.clone());
            let (nl, en) = match set {
                Some(title) => (title.nl, title.en),
                None => (ask.set.to_string(), ask.set.to_string()),
            };
            both(format!("vraag over {}: {nl}", ask.about), format!("ask about {}: {en}", ask.about))
        }
        Verb::Send(Send::VendorSample(sample)) => both(
            format!("stuur het voorbeeld {} van de leverancier", sample.name),
            format!("send the vendor's sample {}", sample.name),
        ),
        Verb::Send(Send::Http(http)) => {
            let text = format!("{} {} ({})", http.method.as_str(), http.path, http.endpoint);
            match &http.follow {
                None => both(format!("stuur {text}"), format!("send {text}")),
                Some(link) => both(
                    format!("stuur {text} en volg telkens de link ‘{link}’"),
                    format!("send {text} and keep following the link ‘{link}’"),
                ),
            }
        }
        Verb::Again(again) => {
            let (nl, en) = match &again.without {
                None => (String::new(), String::new()),
                Some(Without::AllBut(set)) => {
                    (format!(", zonder alles wat niet in {set} staat"), format!(", without whatever is not in {set}"))
                }
                Some(Without::EachOf(set)) => {
                    (format!(", telkens zonder één deel uit {set}"), format!(", each time without one part of {set}"))
                }
            };
            both(
                format!("stuur opnieuw wat stap {} stuurde{nl}", again.step),
                format!("send again what step {} sent{en}", again.step),
            )
        }
        Verb::Act(act) => {
            let action = act.action.to_string().parse().ok().and_then(|id| catalogue.action(&id));
            let title = action.map(|action| action.title.clone());
            let (nl, en) = match title {
                Some(title) => (title.nl, title.en),
                None => (act.action.to_string(), act.action.to_string()),
            };
            match &act.person {
                Some(person) => both(format!("{nl} ({person})"), format!("{en} ({person})")),
                None => both(nl, en),
            }
        }
        Verb::Look(steps) => {
            let names = steps.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            both(format!("beoordeel opnieuw: {names}"), format!("look again at: {names}"))
        }
        Verb::Sample(sample) => {
            let (of, times, known) = (&sample.protected.subject, sample.per_class, &sample.known.subject);
            let (nl, en) = match of {
                Subject::Person(_) => ("wie nooit bestond", "people who never existed"),
                Subject::Thing(_) | Subject::Like(_) => ("wat nooit bestond", "what never existed"),
            };
            both(
                format!("vergelijk {times} keer {of} met {nl}, en met {known}"),
                format!("compare {times} times {of} with {en}, and with {known}"),
            )
        }
        Verb::Crawl(crawl) => both(
            format!("zoek iedere weg waarlangs gegevens van {} te krijgen zijn", crawl.about),
            format!("find every route by which data of {} can be had", crawl.about),
        ),
        Verb::Walk(walk) => both(
            format!("leg voor {} {} reeksen keuzes vast en vraag wat er open is", walk.person, walk.walks),
            format!("record {} sets of choices for {} and ask what is open", walk.walks, walk.person),
        ),
        Verb::Play(play) => {
            let who = play.who.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            match &play.be {
                Part::Up => both(format!("laat {who} gewoon antwoorden"), format!("let {who} answer as usual")),
                Part::Unguarded => both(
                    format!("laat {who} ook antwoorden aan wie geen certificaat toont"),
                    format!("let {who} answer those who show no certificate as well"),
                ),
                Part::Fault(fault) => {
                    both(format!("laat {who} uitvallen ({fault})"), format!("let {who} fail ({fault})"))
                }
                Part::Holds(held) => both(
                    format!("laat {who} {} gegevens klaarzetten om op te halen", held.len()),
                    format!("let {who} hold {} resources to be collected", held.len()),
                ),
                Part::Lists(listed) => self::listed(&who, listed),
                Part::Answers(lines) => {
                    let told = |about: &str| {
                        let one = |line: &Scripted| match &line.about {
                            Some(person) => format!("{} {about} {person}", line.status),
                            None => line.status.to_string(),
                        };
                        lines.iter().map(one).collect::<Vec<_>>().join(", ")
                    };
                    both(
                        format!("laat {who} antwoorden met {}", told("over")),
                        format!("let {who} answer with {}", told("about")),
                    )
                }
            }
        }
        Verb::Await(wait) => {
            let at = wait.at.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let within = String::from(wait.within.clone());
            both(
                format!("wacht ten hoogste {within} op een bericht bij {at}"),
                format!("wait at most {within} for a message at {at}"),
            )
        }
    }
}

fn each(step: &Step) -> (String, String) {
    let (mut nl, mut en) = (String::new(), String::new());
    for (name, range) in &step.frame.each {
        let of = match range {
            Range::In(words) => words.join(", "),
            Range::Of(set) => set.to_string(),
            Range::Rows(rows) => rows.len().to_string(),
            Range::Draw(draw) => draw.count.to_string(),
            Range::Near(near) => format!("±{}", near.by),
        };
        nl.push_str(&format!(", voor iedere {name} uit {of}"));
        en.push_str(&format!(", for each {name} of {of}"));
    }
    if !step.frame.at.is_empty() {
        let times: Vec<String> = step.frame.at.iter().cloned().map(String::from).collect();
        nl.push_str(&format!(", op {}", times.join(", ")));
        en.push_str(&format!(", at {}", times.join(", ")));
    }
    (nl, en)
}

fn expectation(verb: &Verb, expectation: &Expectation) -> Said {
    use crate::model::finding::Expected;
    let fact = match expectation {
        Expectation::Status(patterns) => Expected::StatusOneOf(patterns.iter().map(ToString::to_string).collect()),
        Expectation::MediaType(types) => Expected::MediaTypeOneOf(types.clone()),
        Expectation::Value(ValueAt { at: Place::Links, is: Matcher::Hides(names), .. }) => {
            let names = names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            return both(
                format!("niets van {names} in een webadres dat het systeem maakt"),
                format!("nothing of {names} in a URL that the target makes"),
            );
        }
        Expectation::Value(value) => {
            return both(format!("waarde op {}", place(&value.at)), format!("a value at {}", place(&value.at)));
        }
        Expectation::Body(BodyIs::Empty) => Expected::EmptyBody,
        Expectation::Body(BodyIs::Resource(kind)) => Expected::ResourceOf(kind.clone()),
        Expectation::Body(BodyIs::Schema(name)) => Expected::FitsSchema(name.to_string()),
        Expectation::Body(BodyIs::Entries(count)) => Expected::Entries(counted(*count)),
        Expectation::Discloses(wanted) => {
            let parts = [
                (&wanted.any, Expected::DisclosesAny as fn(Vec<String>) -> Expected),
                (&wanted.all, Expected::DisclosesAll),
                (&wanted.none, Expected::DisclosesNone),
                (&wanted.only, Expected::DisclosesOnly),
            ];
            let said: Vec<Said> = parts
                .into_iter()
                .filter(|(names, _)| !names.is_empty())
                .map(|(names, make)| super::expected(&make(names.iter().map(ToString::to_string).collect())))
                .collect();
            let join = |pick: fn(&Said) -> &str| said.iter().map(pick).collect::<Vec<_>>().join("; ");
            return both(join(|said| &said.nl), join(|said| &said.en));
        }
        Expectation::Opens(Opening::All) => Expected::OpensAll,
        Expectation::Opens(Opening::None) => Expected::OpensNone,
        Expectation::Opens(Opening::AsIn(as_in)) => Expected::OpensAsIn(as_in.step.to_string()),
        Expectation::Compare(comparison) => {
            Expected::Related { what: comparison.what, is: comparison.is, step: comparison.step.to_string() }
        }
        Expectation::Indistinguishable(_) => Expected::Indistinguishable,
        Expectation::Count(count) => Expected::Count(counted(*count)),
        Expectation::Decisions(Decisions::Follow(_)) => Expected::FollowsModel,
        Expectation::Decisions(Decisions::OrderFree) => Expected::OrderFree,
        Expectation::Decisions(Decisions::Monotone) => Expected::Monotone,
        Expectation::OnlyMatching => Expected::OnlyMatching,
        Expectation::After(step) => Expected::After(step.to_string()),
        Expectation::KeepsPace(pace) => {
            let within = String::from(pace.within.clone());
            return both(
                format!("een antwoord, ten hoogste {within} later dan het traagste van stap {}", pace.with),
                format!("an answer, at most {within} later than the slowest of step {}", pace.with),
            );
        }
        Expectation::Pattern(pattern) => Expected::Pattern(pattern.declared.to_string()),
        Expectation::Handshake(wanted) => {
            Expected::Handshake(*wanted == crate::model::expectation::Handshake::Completed)
        }
        Expectation::Logs(log) => {
            let steps = log.steps.iter().map(ToString::to_string).collect();
            if matches!(verb, Verb::Await(_)) { Expected::LoggedThere(steps) } else { Expected::Logged(steps) }
        }
        Expectation::Acknowledged(yes) => Expected::Acknowledged(*yes == crate::model::expectation::YesNo::Yes),
    };
    super::expected(&fact)
}

fn counted(count: Count) -> String {
    match count {
        Count::None => "none".to_owned(),
        Count::Exactly(number) => format!("exactly {number}"),
        Count::AtLeast(number) => format!("at-least {number}"),
        Count::AtMost(number) => format!("at-most {number}"),
    }
}

fn place(place: &Place) -> String {
    match place {
        Place::Header(name) => format!("header {}", name.as_str()),
        Place::Json(pointer) => pointer.clone(),
        Place::Element(path) => path.clone(),
        Place::Form(name) => format!("form {name}"),
        Place::Query(name) => format!("query {name}"),
        Place::Claim(name) => format!("claim {name}"),
        Place::Segment(position) => format!("segment {position}"),
        Place::Link(relation) => format!("link {relation}"),
        Place::Links => "links".to_owned(),
        Place::Created(kind) | Place::Notified(kind) => format!("id {kind}"),
        Place::Body(_) => "body".to_owned(),
        Place::ClientCertificate(_) => "client-certificate".to_owned(),
    }
}
