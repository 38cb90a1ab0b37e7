//! What a run costs beside its exchanges: the wall time of `run` against the reference, one case at a time, divided by
//! the time that bare reqwest needs for the same exchanges in the same order, each after the answer before it.
//!
//! The exchanges are read back from the recording of the run. What the server gave out (ids, tokens) is taken from the
//! answers of the replay instead, as any client would. Nothing is asserted: it prints a table.

mod ground;
mod replay;

use ground::Ground;
use std::process::ExitCode;
use std::time::Duration;

/// How often both are measured, in turn; the median counts.
const ROUNDS: usize = 3;

fn main() -> ExitCode {
    // `cargo bench` and `cargo test --benches` both start this; only the first measures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&format!("error: {why}"));
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<(), String> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())?;
    let (mut runs, mut bares, mut four, mut last) = (Vec::new(), Vec::new(), Vec::new(), None);
    for _ in 0..ROUNDS {
        let ran = runtime.block_on(Ground::start())?.run(&runtime, 1)?;
        runs.push(ran.wall);
        let script = replay::Script::of(&ran.recording, &ran.origin);
        let ground = runtime.block_on(Ground::start())?;
        let replayed = runtime.block_on(script.play(&ground.origin))?;
        bares.push(replayed.wall);
        runtime.block_on(ground.stop());
        four.push(runtime.block_on(Ground::start())?.run(&runtime, 4)?.wall);
        last = Some((replayed, ran.exchanges));
    }
    let (replayed, exchanges) = last.ok_or("no round")?;
    let (run, bare, four) = (median(runs), median(bares), median(four));
    say(&format!("exchanges in the run                      {exchanges:>8}"));
    say(&format!("of these replayed                         {:>8}", replayed.sent));
    say(&format!("with the same status                      {:>8}", replayed.alike));
    say(&format!("run, one case at a time                   {:>8.2} s", run.as_secs_f64()));
    say(&format!("bare reqwest, the same exchanges          {:>8.2} s", bare.as_secs_f64()));
    say(&format!("run, four cases at a time                 {:>8.2} s", four.as_secs_f64()));
    say(&format!("overhead: one at a time / bare            {:>8.2}", run.as_secs_f64() / bare.as_secs_f64()));
    say(&format!("four at a time / bare                     {:>8.2}", four.as_secs_f64() / bare.as_secs_f64()));
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[expect(clippy::print_stdout, reason = "a bench is read on the terminal")]
fn say(line: &str) {
    println!("{line}");
}
