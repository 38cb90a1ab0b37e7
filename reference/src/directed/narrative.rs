//! The words in which a handoff says what is in it, for people.
//! They are made from what is handed off, so that nothing else can show in them.

use serde_json::{Value, json};

/// A narrative with one line for each of these resources.
pub(super) fn of<'r>(resources: impl Iterator<Item = &'r Value>) -> Value {
    let lines: String = resources.map(|resource| format!("<li>{}</li>", escaped(&line(resource)))).collect();
    let said = if lines.is_empty() { "<p>-</p>".to_owned() } else { format!("<ul>{lines}</ul>") };
    json!({ "status": "generated", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{said}</div>") })
}

/// What a resource is called, what was noted at it, and what it says of itself.
fn line(resource: &Value) -> String {
    let code = &resource["code"];
    let called = [&code["text"], &code["coding"][0]["display"], &code["coding"][0]["code"]];
    let called = called.into_iter().find_map(Value::as_str).or(resource["resourceType"].as_str()).unwrap_or_default();
    let noted = resource["note"].as_array().into_iter().flatten().filter_map(|note| note["text"].as_str());
    let comment = resource["comment"].as_str();
    let own = resource["text"]["div"].as_str().map(bare);
    let mut parts: Vec<String> = vec![called.to_owned()];
    parts.extend(noted.chain(comment).map(str::to_owned).chain(own));
    parts.retain(|part| !part.is_empty());
    parts.join("; ")
}

/// The text of a narrative, without its tags.
fn bare(div: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for letter in div.chars() {
        match letter {
            '<' => in_tag = true,
            '>' => in_tag = false,
            letter if !in_tag => text.push(letter),
            _ => {}
        }
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_survives_and_tags_do_not() {
        let resource = json!({ "code": { "text": "a < b" }, "text": { "div": "<div><b>c</b>\n &amp; d</div>" } });
        let narrative = of([resource].iter());
        assert!(narrative["div"].as_str().unwrap().contains("<li>a &lt; b; c &amp; d</li>"), "{narrative}");
    }
}
