//! The bones of a rendering: what a reader of Markdown or of JUnit would take for structure.
//! Two renderings have the same bones if and only if no text in them became anything else than text.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use quick_xml::events::Event as Xml;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What Markdown is read as; text and code are both text.
pub fn of_markdown(page: &str) -> Vec<String> {
    let mut bones: Vec<String> = Vec::new();
    for event in Parser::new_ext(page, Options::all()) {
        let bone = match event {
            Event::Text(_) | Event::Code(_) => "text".to_owned(),
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => continue,
            other => format!("{other:?}"),
        };
        if bone != "text" || bones.last().is_none_or(|last| last != "text") {
            bones.push(bone);
        }
    }
    bones
}

/// The addresses that readers of Markdown make links of without any markup.
pub fn bare_links(page: &str) -> Vec<String> {
    let marks = ["://", "www.", "@", "#"];
    Parser::new_ext(page, Options::all())
        .filter_map(|event| match event {
            Event::Text(text) if marks.iter().any(|mark| text.to_lowercase().contains(mark)) => {
                Some(text.into_string())
            }
            _ => None,
        })
        .collect()
}

/// The elements of an XML file with the names of their attributes.
pub fn of_xml(file: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(file);
    let mut bones = Vec::new();
    loop {
        let tag = |tag: &quick_xml::events::BytesStart<'_>| {
            let names: Vec<String> =
                tag.attributes().map(|one| text(one.expect("an attribute").key.as_ref())).collect();
            format!("<{} {}", text(tag.name().as_ref()), names.join(" "))
        };
        match reader.read_event().expect("well-formed XML") {
            Xml::Start(start) => bones.push(tag(&start)),
            Xml::Empty(start) => bones.push(tag(&start)),
            Xml::End(end) => bones.push(format!("</{}", text(end.name().as_ref()))),
            Xml::Comment(_) => bones.push("comment".to_owned()),
            Xml::CData(_) => bones.push("cdata".to_owned()),
            Xml::PI(_) => bones.push("instruction".to_owned()),
            Xml::DocType(_) => bones.push("doctype".to_owned()),
            Xml::Decl(_) | Xml::Text(_) | Xml::GeneralRef(_) => {}
            Xml::Eof => return bones,
        }
    }
}
