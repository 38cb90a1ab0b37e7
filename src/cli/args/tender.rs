//! The arguments of `tender`: a word of its own for what is done with what it wrote.

use super::SheetFormat;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `tender FILE` writes; what is done with what it wrote has a word of its own.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Writes annex.nl.md, annex.en.md, annex.html and tender.json. The day on the annex is that of the file, else of \
SOURCE_DATE_EPOCH; without either it names none. Exit codes: 0 written · 2 a faulty tender file · 4 the disk refused"
)]
pub struct Tender {
    #[command(subcommand)]
    pub what: Option<Tendering>,
    /// The tender file
    #[arg(value_name = "FILE", required = true)]
    pub file: Option<PathBuf>,
    /// The folder for the annex; files of an earlier annex there are replaced
    #[arg(long, value_name = "DIR", default_value = "tender")]
    pub out: PathBuf,
}

#[derive(Debug, Subcommand)]
pub enum Tendering {
    /// Hold bidders' reports against a tender.json: what was shown, what not, and why
    Check(TenderCheck),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Judges each run directory again; of a report.json alone nobody can say whether it follows from a recording. Exit codes: 0 every report \
shows the whole minimum · 6 one does not · 2 no tender.json, no report, or a challenge that is missing or not asked for"
)]
pub struct TenderCheck {
    /// The tender.json that was published
    #[arg(value_name = "TENDER")]
    pub tender: PathBuf,
    /// Run directories of bidders, or their report.json
    #[arg(value_name = "REPORT", required = true)]
    pub reports: Vec<PathBuf>,
    /// A text that one bidder got, where each gets one of its own; may be repeated
    #[arg(long, value_name = "TEXT")]
    pub challenge: Vec<String>,
    /// How it is written
    #[arg(long, value_enum, default_value_t = SheetFormat::Text)]
    pub format: SheetFormat,
}
