//! What the links of a search say of the question: everything but a citizen service number.
//! A URL ends up in logs and histories, where such a number has no business.

use crate::app::Setup;
use crate::config::Style;
use crate::defect::Defect;
use crate::wire::{Pairs, query};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The parameters that may stand in a link.
pub(crate) fn shown(setup: &Setup, pairs: &Pairs) -> Pairs {
    let echoes = setup.has(Defect::SelfLinkEchoesNumber);
    pairs.iter().filter(|(_, value)| echoes || !holds_number(value)).cloned().collect()
}

/// The address of a search; only with a defect does the other style hide a number in it instead of leaving it out.
pub(crate) fn of(setup: &Setup, base: &str, kind: &str, parameters: &Pairs) -> String {
    let coded = setup.style == Style::Other && parameters.iter().any(|(_, value)| holds_number(value));
    match parameters.as_slice() {
        [] => format!("{base}/{kind}"),
        some if coded => {
            format!("{base}/_page/{}", URL_SAFE_NO_PAD.encode(format!("{kind}?0?{}", query(some))))
        }
        some => format!("{base}/{kind}?{}", query(some)),
    }
}

/// Whether one of the alternatives is nine digits, with or without a system.
fn holds_number(value: &str) -> bool {
    value
        .split(',')
        .filter_map(|one| one.rsplit('|').next())
        .any(|number| number.len() == 9 && number.bytes().all(|byte| byte.is_ascii_digit()))
}
