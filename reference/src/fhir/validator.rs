//! Conditions on a version, which are looked at after the rights to it like everything else.
//! Only a defect answers them first, and so tells anybody what exists.

use super::desk::Desk;
use crate::defect::Defect;
use crate::wire::{Call, Content, Reply};
use hyper::{Method, StatusCode};

impl Desk<'_> {
    /// Only with a defect: whoever names the version of a resource hears whether it still is that.
    pub(crate) fn validated(&self, call: &Call, rest: &[&str]) -> Option<Reply> {
        let [kind, id] = rest else { return None };
        if call.method != Method::GET || !self.setup.has(Defect::ValidatorBeforeRights) {
            return None;
        }
        let (version, _) = self.holder.store.live(kind, id)?;
        let tags = call.parts("if-none-match");
        let current = version.number.to_string();
        let fits = |tag: &String| tag == "*" || tag.trim_start_matches("W/").trim_matches('"') == current;
        tags.iter().any(fits).then(|| Reply::new(StatusCode::NOT_MODIFIED, Content::Empty))
    }
}
