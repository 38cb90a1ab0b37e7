//! `serve reference`: the honest endpoint on a port, its credentials, and a target file that fits it.
//! Requests are told on stderr as they are answered; headers and bodies never are.

use super::super::args::{Common, ServeReference};
use super::super::endpoint::Ways;
use super::super::signals::Signals;
use super::super::{endpoint, load, run, stream};
use super::handout::Handout;
use crate::language::catalogue::Catalogue;
use crate::model::defect::ClaimSet;
use crate::model::record::Parameters;
use crate::model::target::{Credential, Target};
use crate::model::text::Lang;
use crate::report::exit::Exit;
use crate::report::render::visible;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use toetssteen_reference::{Door, Heard};

/// Runs the command.
pub fn run(command: &ServeReference, common: &Common) -> u8 {
    serve(command, common).unwrap_or_else(|code| code)
}

fn serve(command: &ServeReference, common: &Common) -> Result<u8, u8> {
    let catalogue = load::catalogue(common)?;
    if let Some(unknown) = command.defect.iter().find(|id| !catalogue.defects.contains_key(*id)) {
        return Err(stream::refuse(&format!("no defect `{unknown}`; see `toetssteen list defects`")));
    }
    let set = claims(&catalogue, command.claims.as_deref())?;
    if let Some(path) = &command.target_out {
        Handout::free(path).map_err(|why| stream::refuse(&why))?;
    }
    let parameters = Parameters {
        seed: rand::random(),
        attempts: 1,
        timeout_ms: 10_000,
        body_limit: run::BODY_LIMIT,
        challenge: None,
        shard: None,
    };
    let door = Door { port: command.port, watch: Some(Arc::new(tell)) };
    let runtime = run::runtime()?;
    runtime.block_on(async {
        let started = endpoint::start_at(
            &catalogue,
            set,
            command.style.into(),
            &command.defect,
            &parameters,
            (door, Ways::Plain),
        )
        .await;
        let mut running = started.map_err(|why| stream::refuse(&format!("the reference did not start: {why}")))?;
        running.leave_counterparts_to_others();
        let handout = match &command.target_out {
            None => None,
            Some(path) => match Handout::write(path, &running.target, &running.secrets) {
                Ok(handout) => Some(handout),
                Err(why) => {
                    running.stop().await;
                    return Err(stream::refuse(&format!("cannot write {}: {why}", path.display())));
                }
            },
        };
        stream::out(&welcome(&running.target, &running.secrets, command.target_out.as_deref(), common.lang.into()));
        Signals::new().next().await;
        running.stop().await;
        drop(handout);
        Ok(Exit::Fine as u8)
    })
}

fn claims<'a>(catalogue: &'a Catalogue, named: Option<&str>) -> Result<&'a ClaimSet, u8> {
    let sets = &catalogue.reference.sets;
    let found = match named {
        None => sets.first(),
        Some(id) => sets.iter().find(|set| set.id.as_str() == id),
    };
    found.ok_or_else(|| {
        let known: Vec<&str> = sets.iter().map(|set| set.id.as_str()).collect();
        stream::refuse(&format!(
            "no set of claims is called `{}`; there is {}",
            named.unwrap_or_default(),
            known.join(", ")
        ))
    })
}

/// One line for each answered request.
fn tell(heard: &Heard) {
    let now = time::OffsetDateTime::now_utc().time();
    let clock = format!("{:02}:{:02}:{:02}", now.hour(), now.minute(), now.second());
    stream::err(&format!("{clock} {:<6} {} {}\n", heard.method, heard.status, visible(&heard.target)));
}

fn welcome(target: &Target, secrets: &BTreeMap<String, String>, file: Option<&Path>, lang: Lang) -> String {
    let t = |nl: &'static str, en: &'static str| lang.pick(nl, en);
    let mut out = format!("{} · {}\n\n", target.name, t("stoppen met Ctrl-C", "stop it with Ctrl-C"));
    for (name, url) in &target.endpoints {
        out.push_str(&format!("endpoint {:<14} {url}\n", name.as_str()));
    }
    out.push('\n');
    for (party, credential) in &target.credentials {
        let Credential::ClientCredentials(client) = credential else { continue };
        // These secrets are drawn for this one process and open nothing but it.
        let proof = match (&client.secret, &client.key) {
            (Some(secret), _) => {
                format!("secret {}", variable(secret).and_then(|v| secrets.get(v)).map_or("", String::as_str))
            }
            _ => t("een sleutel (private_key_jwt)", "a key (private_key_jwt)").to_owned(),
        };
        out.push_str(&format!("client   {:<14} {:<22} {proof}\n", party.as_str(), client.id));
    }
    out.push('\n');
    match file {
        Some(path) => out.push_str(&format!(
            "{}: toetssteen run --target {}\n",
            t("In een andere terminal", "In another terminal"),
            path.display()
        )),
        None => out.push_str(t(
            "Met --target-out BESTAND komt er een doelbestand bij.\n",
            "Give --target-out FILE for a target file that fits.\n",
        )),
    }
    out
}

/// The variable by which the embedded target finds a secret.
fn variable(secret: &crate::model::target::SecretRef) -> Option<&str> {
    match secret {
        crate::model::target::SecretRef::Env(name) => Some(name),
        crate::model::target::SecretRef::File(_) => None,
    }
}
