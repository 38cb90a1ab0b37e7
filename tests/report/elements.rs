//! The bones of a page: the elements that a browser would find in it.
//! Two pages have the same bones if and only if no text in them became anything else than text.

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// The tags of a page with their attributes; text left out.
///
/// Values of attributes count, save the title's: `id` and `href` are made of ids.
pub fn of_page(page: &str) -> Vec<String> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut bones = Vec::new();
    for token in Tokenizer::new_with_emitter(page, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let attributes: Vec<String> = tag
                    .attributes
                    .iter()
                    .map(|(name, value)| format!("{}={}", text(name), text(&value.value)))
                    .collect();
                bones.push(format!("<{} {}", text(&tag.name), attributes.join(" ")));
            }
            Token::EndTag(tag) => bones.push(format!("</{}", text(&tag.name))),
            Token::Comment(_) => bones.push("<!--".to_owned()),
            Token::Doctype(_) => bones.push("<!doctype".to_owned()),
            Token::Error(error) => bones.push(format!("error {:?}", error.value)),
            Token::String(_) => {}
        }
    }
    // A sentence of ours may name a thing in code; a mark that is added makes it one piece.
    bones.retain(|bone| !bone.contains("code"));
    bones
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
