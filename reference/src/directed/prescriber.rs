//! Sends a prescription to its pharmacy, or word that it is taken back.
//! What the pharmacy did not take counts as lost, and is said to be.

use super::letter::{Content, Letter};
use super::prescription::Intention;
use super::state::Delivery;
use crate::app::App;
use crate::defect::Defect;
use std::sync::Arc;

/// Sends, and remembers whether it arrived.
pub(super) async fn dispatch(app: Arc<App>, id: String, intention: Intention) {
    let letter = {
        let world = app.world();
        let Some(prescription) = world.directed.prescriptions.get(&id) else { return };
        Letter {
            recipient: prescription.recipient.clone(),
            address: prescription.address.clone(),
            bsn: prescription.bsn().to_owned(),
            content: Content::Order { prescription: Box::new(prescription.clone()), intention },
        }
    };
    let arrived = match intention {
        Intention::Order => letter.begin(&app).await,
        Intention::Cancel if app.setup.has(Defect::CancelIsNotSent) => Ok(None),
        Intention::Cancel => letter.deliver(&app).await,
    };
    if let Some(prescription) = app.world().directed.prescriptions.get_mut(&id) {
        prescription.delivery = Delivery::of(&app.setup, &arrived);
        // What is taken back is taken back where it was ordered.
        prescription.address.settle(arrived);
    }
}
