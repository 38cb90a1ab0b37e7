//! The operator at the terminal: shown what to do, asked whether it is done.
//! Only here because only here anything may be printed.

use super::stream;
use crate::engine::binding::{Ask, Question, Told};
use std::io::{BufRead, IsTerminal};
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Somebody who reads stderr and types on stdin: one question at a time, and a line answers the one that is shown.
struct Terminal {
    lines: tokio::sync::Mutex<UnboundedReceiver<String>>,
}

impl Terminal {
    /// Reads lines on a thread of its own from now on: reading cannot be interrupted, and must not hold the run up.
    fn new() -> Self {
        let (send, lines) = unbounded_channel();
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Self { lines: tokio::sync::Mutex::new(lines) }
    }
}

/// The operator, if there is a terminal and this is no CI.
#[must_use]
pub fn present() -> Option<Arc<dyn Ask>> {
    let there = std::io::stdin().is_terminal() && std::io::stderr().is_terminal() && !stream::in_ci();
    there.then(|| Arc::new(Terminal::new()) as Arc<dyn Ask>)
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
        let mut lines = self.lines.lock().await;
        // What was typed before this was shown answers something else.
        while lines.try_recv().is_ok() {}
        stream::err(&text);
        match tokio::time::timeout(question.within, lines.recv()).await {
            Ok(Some(line)) if matches!(line.trim().to_lowercase().as_str(), "y" | "yes" | "j" | "ja") => Told::Done,
            Ok(_) => Told::NotDone,
            Err(_) => {
                stream::err("\n…\n");
                Told::Silent
            }
        }
    }
}
