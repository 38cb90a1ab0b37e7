//! How far the exchange of the current task has come, for faults that do not say so themselves.
//! A library that connects for us reports one error for name, port and TLS; this tells them apart.

use crate::model::record::FaultPhase;
use std::cell::Cell;

tokio::task_local! {
    static STAGE: Cell<FaultPhase>;
}

/// Runs an exchange that begins by connecting.
pub(super) async fn scope<F: Future>(exchange: F) -> F::Output {
    STAGE.scope(Cell::new(FaultPhase::Connect), exchange).await
}

/// Says how far it has come; nothing outside an exchange.
pub(super) fn mark(phase: FaultPhase) {
    // A pool may connect in a task of its own once the exchange found another connection.
    let _ = STAGE.try_with(|stage| stage.set(phase));
}

/// How far it has come.
pub(super) fn current() -> FaultPhase {
    STAGE.try_with(Cell::get).unwrap_or(FaultPhase::Connect)
}
