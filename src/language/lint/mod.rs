//! What must hold between files, and within one beyond its shape: one module for each family.
//! Rules only look; they load nothing and repair nothing.

use super::diagnostic::Diagnostic;
use super::load::House;

/// Every rule over everything that was read.
pub(super) fn run(_house: &House) -> Vec<Diagnostic> {
    Vec::new()
}
