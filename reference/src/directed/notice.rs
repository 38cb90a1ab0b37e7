//! Tells a recipient that there is something to read, in the form that was asked for, and nothing about whom.
//! Which handoff it is stands in it; everything else is read where the handoff lies.

use super::form::Form;
use super::letter::{Content, Letter};
use super::notification_task;
use super::state::{Delivery, Directed};
use super::subscription;
use crate::app::App;
use crate::config::Style;
use std::sync::Arc;

/// Sends the first word of a handoff, and remembers whether it arrived.
pub(super) async fn announce(app: Arc<App>, task: String) {
    let told = app.world().directed.handoffs.get(&task).map(|one| (one.form, one.owner.clone(), one.address.clone()));
    let Some((form, recipient, address)) = told else { return };
    let subscribed = match form {
        Form::Subscription => subscription::opened(&app, &recipient, &address).await,
        Form::EmptyPost | Form::Task => Ok(()),
    };
    let arrived = match (subscribed, letter(&app, &task)) {
        (Ok(()), Some(letter)) => letter.begin(&app).await,
        (Ok(()), None) => return,
        (Err(fault), _) => Err(fault),
    };
    if let Some(handoff) = app.world().directed.handoffs.get_mut(&task) {
        handoff.delivery = Delivery::of(&app.setup, &arrived);
        // Later words go to the same place, whatever the directory says by then.
        handoff.address.settle(arrived);
    }
}

/// Sends word that a handoff changed; whoever does not hear of it still finds it in the Task.
pub(super) async fn remind(app: Arc<App>, task: String) {
    let told = app.world().directed.handoffs.get(&task).map(|handoff| handoff.form);
    // With a Task, some notify of every change and some of new data alone.
    if told == Some(Form::Task) && app.setup.style == Style::Plain {
        return;
    }
    if let Some(letter) = letter(&app, &task) {
        let _ = letter.deliver(&app).await;
    }
}

fn letter(app: &App, task: &str) -> Option<Letter> {
    let mut world = app.world();
    let Directed { handoffs, subscriptions, .. } = &mut world.directed;
    let handoff = handoffs.get(task)?;
    let content = match handoff.form {
        Form::EmptyPost => Content::Notice { task: task.to_owned(), diagnosis: handoff.diagnosis() },
        Form::Task => Content::Task(Box::new(notification_task::made(&app.setup, app.clock.now(), task, handoff))),
        Form::Subscription => {
            let own = subscriptions.get_mut(&subscription::of(&handoff.owner, &handoff.address))?;
            Content::Bulletin(Box::new(own.event(&app.setup, app.clock.now(), task, handoff)))
        }
    };
    let (recipient, address) = (handoff.owner.clone(), handoff.address.clone());
    Some(Letter { recipient, address, content, bsn: handoff.bsn.clone() })
}
