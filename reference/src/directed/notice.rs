//! Tells a recipient that there is something to read: a request without a body, and nothing about whom.
//! Which handoff it is stands in the address; everything else is read where the handoff lies.

use super::letter::{Content, Letter};
use super::state::Delivery;
use crate::app::App;
use std::sync::Arc;

/// Sends the first word of a handoff, and remembers whether it arrived.
pub(super) async fn announce(app: Arc<App>, task: String) {
    let Some(letter) = letter(&app, &task) else { return };
    let arrived = letter.deliver(&app).await;
    if let Some(handoff) = app.world().directed.handoffs.get_mut(&task) {
        handoff.delivery = Delivery::of(&arrived);
        // Later words go to the same place, whatever the directory says by then.
        handoff.address.url = arrived.ok().or(handoff.address.url.take());
    }
}

/// Sends word that a handoff changed; whoever does not hear of it still finds it in the Task.
pub(super) async fn remind(app: Arc<App>, task: String) {
    if let Some(letter) = letter(&app, &task) {
        let _ = letter.deliver(&app).await;
    }
}

fn letter(app: &App, task: &str) -> Option<Letter> {
    let world = app.world();
    let handoff = world.directed.handoffs.get(task)?;
    let content = Content::Notice { task: task.to_owned() };
    Some(Letter { recipient: handoff.owner.clone(), address: handoff.address.clone(), content })
}
