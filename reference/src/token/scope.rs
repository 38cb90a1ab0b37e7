//! Scopes: what a client asks for, as far as it is entitled to it.
//! A scope only ever narrows; what a client may do at all is said elsewhere.

use crate::app::Setup;
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::directed::TASK_SCOPE;
use crate::fhir::holder_kinds;
use std::collections::BTreeSet;

const CONTEXTS: [&str; 3] = ["patient", "user", "system"];
/// What an organisation does in a handoff; each is granted as it is.
const HANDOFF: [&str; 3] = ["eOverdracht-sender", "eOverdracht-receiver", TASK_SCOPE];
const READS: [&str; 4] = ["read", "rs", "r", "s"];

/// One scope of the form `context/Type.action`.
struct Part<'t> {
    context: &'t str,
    kind: &'t str,
    action: &'t str,
}

fn part(text: &str) -> Option<Part<'_>> {
    let (context, rest) = text.split_once('/')?;
    let (kind, action) = rest.split_once('.')?;
    Some(Part { context, kind, action })
}

/// The scopes that are granted of those asked for; nothing when there is none to grant.
///
/// The plain style grants what it can of a request, the other one refuses what is not all grantable.
pub(super) fn granted(setup: &Setup, right: &Right, asked: &str) -> Option<String> {
    let obeys = setup.has(Defect::WildcardScopeObeyed) && asked.split(' ').any(is_everything);
    // What is no kind of data, as a scope of a handoff, has nothing to be widened to.
    let widens = setup.has(Defect::NarrowScopeWidened) && asked.split(' ').any(|text| part(text).is_some());
    if obeys || widens {
        return Some(if obeys { asked.to_owned() } else { "patient/*.read".to_owned() });
    }
    let mut all = Vec::new();
    for text in asked.split(' ').filter(|text| !text.is_empty()) {
        let organised = matches!(right, Right::Organisation { .. });
        if organised && HANDOFF.contains(&text) {
            all.push(text.to_owned());
            continue;
        }
        let grants = part(text).map(|part| grantable(right, &part)).unwrap_or_default();
        let whole = grants.len() == 1 && grants.contains(text);
        if setup.style == Style::Other && !whole {
            return None;
        }
        all.extend(grants);
    }
    all.dedup();
    (!all.is_empty()).then(|| all.join(" "))
}

/// What of one scope this right covers: each type by name, since a wildcard would say more.
fn grantable(right: &Right, part: &Part<'_>) -> BTreeSet<String> {
    let reads = READS.contains(&part.action);
    let writes = !matches!(right, Right::Organisation { .. });
    let action = match (reads, part.action) {
        (true, action) => action,
        (false, "*") => "read",
        (false, action) if writes => action,
        (false, _) => return BTreeSet::new(),
    };
    if !CONTEXTS.contains(&part.context) {
        return BTreeSet::new();
    }
    let hidden = |kind: &str| !writes && ["Consent", "CareTeam"].contains(&kind);
    holder_kinds()
        .filter(|kind| (part.kind == "*" || part.kind == *kind) && !hidden(kind))
        .map(|kind| format!("{}/{kind}.{action}", part.context))
        .collect()
}

fn is_everything(text: &str) -> bool {
    part(text).is_some_and(|part| part.kind == "*" && part.action == "*")
}

/// Whether a token with this scope reads this type; one without scope does whatever its client may.
pub(crate) fn reads(scope: Option<&str>, kind: &str) -> bool {
    let Some(scope) = scope else { return true };
    scope
        .split(' ')
        .filter_map(part)
        .any(|part| (part.kind == "*" || part.kind == kind) && (READS.contains(&part.action) || part.action == "*"))
}

/// Whether a token with this scope changes this type.
pub(crate) fn writes(scope: Option<&str>, kind: &str) -> bool {
    let Some(scope) = scope else { return true };
    scope
        .split(' ')
        .filter_map(part)
        .any(|part| (part.kind == "*" || part.kind == kind) && !READS.contains(&part.action))
}

/// Only with a defect: a scope that says everything gives everything.
pub(super) fn overrides(setup: &Setup, scope: Option<&str>) -> bool {
    setup.has(Defect::WildcardScopeObeyed) && scope.is_some_and(|scope| scope.split(' ').any(is_everything))
}
