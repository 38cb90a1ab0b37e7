//! The bones of what tools read: workflow commands, TAP and messages of SARIF, each by its own documented rules.
//! A parser here takes a text for what the tool would take it for, not for what was meant.

use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;

/// A workflow command as the runner of GitHub reads it.
#[derive(Debug, PartialEq, Eq)]
pub struct Command {
    pub name: String,
    pub properties: Vec<(String, String)>,
    pub data: String,
}

/// Reads one line as the runner does: `::name key=value,…::data` after blanks, else `##[name key=value;…]data` anywhere.
pub fn command(line: &str) -> Option<Command> {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix("::") {
        let (head, data) = rest.split_once("::")?;
        return Some(read(head, data, ','));
    }
    let rest = &line[line.find("##[")? + 3..];
    let (head, data) = rest.split_once(']')?;
    Some(read(head, data, ';'))
}

fn read(head: &str, data: &str, between: char) -> Command {
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let pair = |text: &str| {
        let (key, value) = text.split_once('=').expect("key=value");
        let value = value.replace("%2C", ",").replace("%3A", ":");
        (key.to_owned(), unescaped(&value))
    };
    let properties = properties.split(between).filter(|text| !text.is_empty()).map(pair).collect();
    Command { name: name.to_owned(), properties, data: unescaped(data) }
}

fn unescaped(text: &str) -> String {
    text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
}

/// Every line as a command with the names of its properties; another line stands as it is.
pub fn of_commands(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| match command(line) {
            Some(command) => {
                let keys: Vec<&str> = command.properties.iter().map(|(key, _)| key.as_str()).collect();
                format!("{} {} {}", command.name, keys.join(","), command.data.lines().count())
            }
            None => format!("no command: {line}"),
        })
        .collect()
}

/// A test point of TAP 14.
#[derive(Debug, PartialEq, Eq)]
pub struct Point {
    pub ok: bool,
    pub number: usize,
    pub says: String,
    pub directive: Option<String>,
    pub message: Option<String>,
}

/// A stream of TAP 14.
#[derive(Debug, PartialEq, Eq)]
pub struct Tap {
    pub plan: usize,
    pub points: Vec<Point>,
    pub comments: usize,
    pub bail: Option<String>,
}

static POINT: LazyLock<Regex> = LazyLock::new(|| {
    // The description ends at the first hash that is not escaped.
    Regex::new(r"^(not )?ok (\d+) - ((?:[^\\#]|\\[\\#])*?)(?: # (TODO|SKIP) ((?:[^\\#]|\\[\\#])*))?$")
        .expect("a pattern")
});

/// Reads a stream by the grammar of TAP 14, and refuses whatever is outside it.
pub fn tap(text: &str) -> Result<Tap, String> {
    let mut lines = text.lines().peekable();
    if lines.next() != Some("TAP version 14") {
        return Err("no version".to_owned());
    }
    let plan = lines.next().and_then(|line| line.strip_prefix("1..")?.parse().ok()).ok_or("no plan")?;
    let mut tap = Tap { plan, points: Vec::new(), comments: 0, bail: None };
    while let Some(line) = lines.next() {
        if let Some(why) = line.strip_prefix("Bail out!") {
            tap.bail = Some(why.trim().to_owned());
            return if lines.next().is_none() { Ok(tap) } else { Err("something after the end".to_owned()) };
        }
        if line.starts_with('#') {
            tap.comments += 1;
            continue;
        }
        let found = POINT.captures(line).ok_or_else(|| format!("no line of TAP: {line:?}"))?;
        let text = |at: usize| found.get(at).map(|it| it.as_str().replace("\\#", "#").replace("\\\\", "\\"));
        let mut point = Point {
            ok: found.get(1).is_none(),
            number: found[2].parse().expect("digits"),
            says: text(3).unwrap_or_default(),
            directive: text(4),
            message: None,
        };
        if lines.peek() == Some(&"  ---") {
            lines.next();
            let line = lines.next().ok_or("an open block")?;
            let tree: Value = serde_saphyr::from_str(line).map_err(|error| format!("{line}: {error}"))?;
            let map = tree.as_object().filter(|map| map.len() == 1).ok_or("no mapping with one key")?;
            point.message = map.get("message").and_then(Value::as_str).map(str::to_owned);
            if point.message.is_none() || lines.next() != Some("  ...") {
                return Err(format!("a block that is none: {line:?}"));
            }
        }
        tap.points.push(point);
    }
    let numbered = tap.points.iter().enumerate().all(|(at, point)| point.number == at + 1);
    if !numbered || tap.points.len() != plan {
        return Err("the points do not fit the plan".to_owned());
    }
    Ok(tap)
}

/// A stream as its structure; descriptions and messages left out.
pub fn of_tap(text: &str) -> Vec<String> {
    let tap = tap(text).expect("TAP");
    let bone = |it: &Point| format!("{} {} {:?} {}", it.ok, it.number, it.directive, it.message.is_some());
    let head = format!("1..{} {} {}", tap.plan, tap.comments, tap.bail.is_some());
    std::iter::once(head).chain(tap.points.iter().map(bone)).collect()
}

/// JSON as its keys, in order, with what each message of SARIF is read as.
pub fn of_json(text: &str) -> Vec<String> {
    let mut bones = Vec::new();
    walk(&serde_json::from_str(text).expect("JSON"), "", &mut bones);
    bones
}

fn walk(tree: &Value, way: &str, bones: &mut Vec<String>) {
    match tree {
        Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, &format!("{way}/{key}"), bones)),
        Value::Array(items) => items.iter().for_each(|item| walk(item, &format!("{way}/*"), bones)),
        Value::String(text) if way.ends_with("/message/text") => {
            bones.push(format!("{way} {:?}", message(text).expect("a message")));
        }
        _ => bones.push(way.to_owned()),
    }
}

/// What a viewer takes for links and placeholders in a message (SARIF 2.1.0, 3.11.5 and 3.11.6).
pub fn message(text: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let next = rest.chars().next().filter(|c| "[]\\".contains(*c)).ok_or("a lone backslash")?;
                rest = &rest[next.len_utf8()..];
            }
            '[' => found.push("link".to_owned()),
            '{' | '}' if rest.starts_with(c) => rest = &rest[1..],
            '{' | '}' => found.push("placeholder".to_owned()),
            _ => {}
        }
    }
    Ok(found)
}

#[test]
fn a_command_is_read_as_the_runner_reads_it() {
    let read = command("  ::error file=a%2Cb,title=x%3A%3Ay::d: %25%0A::x").expect("a command");
    assert_eq!(read.properties, [("file".into(), "a,b".into()), ("title".into(), "x::y".into())]);
    assert_eq!((read.name.as_str(), read.data.as_str()), ("error", "d: %\n::x"));
    assert_eq!(command("text ##[add-path]x").map(|it| it.name).as_deref(), Some("add-path"));
    assert_eq!(command("text ::error::x"), None);
}

#[test]
fn what_is_outside_the_grammar_is_no_tap() {
    let read = |rest: &str| tap(&format!("TAP version 14\n1..1\n{rest}\n"));
    assert!(read("ok 1 - a \\# b \\\\").is_ok_and(|tap| tap.points[0].says == "a # b \\"));
    assert!(read("not ok 1 - a # TODO why").is_ok_and(|tap| tap.points[0].directive.as_deref() == Some("TODO")));
    for wrong in ["ok 1 - a # b", "ok 2 - a", "ok 1 - a\nok 2 - b", "x", "ok 1 - a\n  ---\n  message: \"a\"b\"\n  ..."]
    {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    assert!(read("Bail out! x\nok 1 - a").is_err());
}

#[test]
fn links_and_placeholders_are_found() {
    assert_eq!(message("\\[x\\](1) {{0}}"), Ok(Vec::new()));
    assert_eq!(message("[x](1) {0}"), Ok(vec!["link".into(), "placeholder".into(), "placeholder".into()]));
    assert!(message("\\u").is_err());
}
