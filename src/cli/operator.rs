//! The operator at the terminal: shown what to do, asked whether it is done.
//! Only here because only here anything may be printed.

use super::stream;
use crate::engine::binding::{Ask, Question, Told};
use std::io::{BufRead, IsTerminal};
use std::sync::Arc;

/// Somebody who reads stderr and types on stdin.
struct Terminal;

/// The operator, if there is a terminal and this is no CI.
#[must_use]
pub fn present() -> Option<Arc<dyn Ask>> {
    let there = std::io::stdin().is_terminal() && std::io::stderr().is_terminal() && !stream::in_ci();
    there.then(|| Arc::new(Terminal) as Arc<dyn Ask>)
}

#[async_trait::async_trait]
impl Ask for Terminal {
    async fn ask(&self, question: &Question) -> Told {
        let mut text = format!("\n{}\n", question.say);
        if let Some(person) = &question.person {
            text.push_str(&format!(
                "  {}: {} {}, {}, BSN {}\n",
                person.member, person.given, person.family, person.birth_date, person.bsn
            ));
        }
        for (name, value) in &question.with {
            text.push_str(&format!("  {name}: {value}\n"));
        }
        text.push_str("Done? [y/n] ");
        stream::err(&text);
        // A thread of its own: reading a line cannot be interrupted, and must not hold the run up.
        let (tell, told) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = std::io::stdin().lock().read_line(&mut line);
            let yes = read.is_ok() && matches!(line.trim().to_lowercase().as_str(), "y" | "yes" | "j" | "ja");
            let _ = tell.send(yes);
        });
        match told.await {
            Ok(true) => Told::Done,
            _ => Told::NotDone,
        }
    }
}
