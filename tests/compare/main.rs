//! Comparisons of changed copies of the golden report: what is aligned, what is refused and why, and that no
//! renderer of it makes anything else than text of a text.

mod bidders;
#[path = "../common/binary.rs"]
mod binary;
#[path = "../report/bones.rs"]
#[expect(dead_code, reason = "only commands are looked for here")]
mod bones;
mod command;
#[path = "../report/elements.rs"]
mod elements;
#[path = "../report/golden.rs"]
mod golden;
mod ground;
mod hostile;
#[path = "../report/known.rs"]
mod known;
mod look;
mod matrix;
mod page;
mod workbook;
