//! The arguments of every command, as the user sees them in `--help`.
//! Flag over environment over file over default.

mod tender;

pub use tender::{Tender, TenderCheck, Tendering};

use crate::model::id::{CaseId, DefectId, ProfileId, Role};
use crate::model::shard::Shard;
use crate::model::span::Span;
use crate::model::text::Lang;
use crate::report::exit::FailOn;
use crate::report::render::SOURCE;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Black-box conformance and privacy-by-design checks for health exchange, against any vendor's endpoint.
#[derive(Debug, Parser)]
#[command(name = "toetssteen", version, max_term_width = 100, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 every selected MUST judged, none failed · 1 a MUST failed · 2 faulty before contact \
· 3 something selected was not judged · 4 our own fault · 5 nothing selected · 6 not-testable entry or gate violated · 130 interrupted"
)]
pub struct Arguments {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command knows.
#[derive(Debug, Args)]
pub struct Common {
    /// Use the profiles and test cases of this folder instead of the embedded ones
    #[arg(long, global = true, value_name = "DIR", env = "TOETSSTEEN_CATALOGUE")]
    pub catalogue: Option<PathBuf>,
    /// Language of what is printed
    #[arg(long, global = true, value_enum, default_value_t = LangArg::En, env = "TOETSSTEEN_LANG")]
    pub lang: LangArg,
}

/// A language, as typed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LangArg {
    /// Nederlands
    Nl,
    /// English
    En,
}

impl From<LangArg> for Lang {
    fn from(arg: LangArg) -> Self {
        match arg {
            LangArg::Nl => Self::Nl,
            LangArg::En => Self::En,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a target file for a FHIR server; contacts nothing
    Init(Init),
    /// List profiles, requirements, cases, defects or demands
    List(List),
    /// Check profiles and test cases
    Lint,
    /// Show what a run would send, create and change; contacts nothing
    Plan(Plan),
    /// Look whether a run could begin: names, ports, certificates, credentials, claims, bindings; writes nothing at the target
    Doctor(Doctor),
    /// Put a running system to the test
    Run(Run),
    /// Run the whole catalogue against the embedded reference
    Demo(Demo),
    /// Serve the reference on this machine, to try a run or a client of one's own against
    Serve(Serve),
    /// Show that every check can fail: reference, defects, impostors
    Prove(Prove),
    /// Explain an outcome, reason, requirement, case, defect or diagnostic code, or a word that cases are made of
    Explain(Explain),
    /// Show a report, or write it in other formats; judges nothing
    Report(Report),
    /// Compare two runs of one product: what got worse comes first
    Diff(Diff),
    /// Hold a report against a policy file: may this go on?
    Gate(Gate),
    /// Write a requirement annex for a tender, and hold bidders' reports against it
    Tender(Tender),
    /// Judge a recorded run again, from its directory alone
    Rejudge(Rejudge),
    /// Put the parts of a run together that several processes shared with --shard
    Merge(Merge),
    /// Lay the reports of several products side by side
    Compare(Compare),
    /// After a crash: remove from the target what an interrupted run created there
    Clean(Clean),
    /// Delete run directories; never anything else
    Purge(Purge),
    /// Print a completion script for a shell
    Completions(Completions),
    /// Print the manual page, or write one for each command
    Man(Man),
}

#[derive(Debug, Args)]
pub struct Init {
    /// Base URL of the FHIR server; of an intermediary, where a message is collected by its id
    #[arg(long, value_name = "URL")]
    pub fhir: String,
    /// A profile and role that the product claims; may be repeated
    #[arg(long, value_name = "PROFILE=ROLE", default_value = "fhir-rest=holder")]
    pub claim: Vec<String>,
    /// Where to write the target file; an existing file is left alone
    #[arg(long, short, value_name = "FILE", default_value = "toetssteen.yaml")]
    pub output: PathBuf,
}

#[derive(Debug, Args)]
pub struct List {
    /// What to list
    #[arg(value_enum, default_value_t = Listed::Requirements)]
    pub what: Listed,
    /// Add what verifies what: requirements with kind, depth, cases and defects, and what is untested and why
    #[arg(long)]
    pub coverage: bool,
    /// One id a line, or JSON
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    Profiles,
    Requirements,
    Cases,
    Defects,
    Demands,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    Text,
    Json,
}

/// What a run is narrowed to.
#[derive(Clone, Debug, Default, Args)]
pub struct Narrow {
    /// Only this profile; may be repeated
    #[arg(long, value_name = "ID")]
    pub profile: Vec<ProfileId>,
    /// Only this case; may be repeated
    #[arg(long, value_name = "ID")]
    pub case: Vec<CaseId>,
    /// Only this role; may be repeated
    #[arg(long, value_name = "R")]
    pub role: Vec<Role>,
}

#[derive(Debug, Args)]
pub struct Plan {
    /// The target file
    #[arg(long, value_name = "FILE", default_value = "toetssteen.yaml", env = "TOETSSTEEN_TARGET")]
    pub target: PathBuf,
    #[command(flatten)]
    pub narrow: Narrow,
    /// Allow bindings that start a program
    #[arg(long)]
    pub allow_exec: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 nothing stands in the way · 2 the target file, a secret or a certificate file is faulty, nothing was contacted · 3 contacting the target showed a fault, or no case could run · 5 nothing was selected"
)]
pub struct Doctor {
    /// The target file
    #[arg(long, value_name = "FILE", default_value = "toetssteen.yaml", env = "TOETSSTEEN_TARGET")]
    pub target: PathBuf,
    #[command(flatten)]
    pub narrow: Narrow,
    /// Allow bindings that start a program, as the run would; none is started here
    #[arg(long)]
    pub allow_exec: bool,
    /// How long one exchange may take
    #[arg(long, value_name = "DURATION", default_value = "10s")]
    pub timeout: Span,
}

#[derive(Debug, Args)]
pub struct Run {
    /// The target file
    #[arg(long, value_name = "FILE", default_value = "toetssteen.yaml", env = "TOETSSTEEN_TARGET")]
    pub target: PathBuf,
    #[command(flatten)]
    pub narrow: Narrow,
    /// The run directory; an earlier run there is kept as DIR.previous
    #[arg(long, value_name = "DIR", default_value = "reports/out", env = "TOETSSTEEN_OUT")]
    pub out: PathBuf,
    #[command(flatten)]
    pub reports: Reports,
    /// Draw cast, orders and samples from this number; random if absent
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Cases at a time
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub jobs: usize,
    /// Draw cast and markers from this text too, which a buyer issued
    #[arg(long, value_name = "TEXT")]
    pub challenge: Option<String>,
    /// Take this part of the cases, so that several processes share a run; `merge` puts the parts together
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// How often a case is attempted when the connection breaks
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub attempts: u32,
    /// How long one exchange may take
    #[arg(long, value_name = "DURATION", default_value = "10s")]
    pub timeout: Span,
    /// Allow bindings that start a program
    #[arg(long)]
    pub allow_exec: bool,
    /// What makes the exit code 1
    #[arg(long, value_enum, default_value_t = FailOnArg::Must)]
    pub fail_on: FailOnArg,
}

/// Further reports of a run.
#[derive(Clone, Debug, Args)]
pub struct Reports {
    /// Also write a report of this kind: html, markdown, junit, json, sarif, github, gitlab or tap; may be repeated; PATH `-` is standard output
    #[arg(long = "report", value_name = "KIND=PATH")]
    pub report: Vec<String>,
    /// The file of your repository at which sarif, github and gitlab point
    #[arg(long, value_name = "FILE", default_value = SOURCE)]
    pub source: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FailOnArg {
    Must,
    Should,
}

impl From<FailOnArg> for FailOn {
    fn from(arg: FailOnArg) -> Self {
        match arg {
            FailOnArg::Must => Self::Must,
            FailOnArg::Should => Self::Should,
        }
    }
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Give the reference this defect; may be repeated
    #[arg(long, value_name = "NAME")]
    pub defect: Vec<DefectId>,
    /// How the reference lawfully behaves
    #[arg(long, value_enum, default_value_t = StyleArg::Plain)]
    pub style: StyleArg,
    #[command(flatten)]
    pub narrow: Narrow,
    /// The run directory; an earlier run there is kept as DIR.previous
    #[arg(long, value_name = "DIR", default_value = "reports/out")]
    pub out: PathBuf,
    #[command(flatten)]
    pub reports: Reports,
    /// Draw cast, orders and samples from this number; random if absent
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Cases at a time
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub jobs: usize,
}

/// `serve` alone serves the reference; what else can be served gets a word of its own.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Listens on 127.0.0.1 only, until Ctrl-C or SIGTERM. Exit codes: 0 asked to stop · 2 faulty arguments, \
a file that is not ours, or a port that is taken"
)]
pub struct Serve {
    #[command(subcommand)]
    pub what: Option<Served>,
    #[command(flatten)]
    pub reference: ServeReference,
}

#[derive(Debug, Subcommand)]
pub enum Served {
    /// The honest endpoint, with the defects that are asked for (the default)
    Reference(ServeReference),
    /// Whom something is sent to
    Receiver(ServeCounterpart),
    /// Who sends, and keeps what is to be collected
    Sender(ServeCounterpart),
    /// Who issues tokens
    #[command(alias = "token")]
    TokenService(ServeCounterpart),
    /// Where choices are kept centrally
    ConsentRegister(ServeCounterpart),
    /// Where it is kept who has data about whom
    LocalisationIndex(ServeCounterpart),
    /// Where addresses are kept
    Directory(ServeCounterpart),
    /// Where accesses are logged (FHIR AuditEvent)
    LogFacility(ServeCounterpart),
}

#[derive(Debug, Args)]
pub struct ServeCounterpart {
    /// The port of 127.0.0.1; any free one if absent
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub port: u16,
    /// Answer everything with this status, to see what the other side makes of it
    #[arg(long, value_name = "CODE", value_parser = clap::value_parser!(u16).range(200..=599))]
    pub answer: Option<u16>,
    /// Read what arrives as FHIR STU3 instead of R4
    #[arg(long)]
    pub stu3: bool,
}

#[derive(Debug, Args)]
pub struct ServeReference {
    /// The port of 127.0.0.1; any free one if absent
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub port: u16,
    /// How the reference lawfully behaves
    #[arg(long, value_enum, default_value_t = StyleArg::Plain)]
    pub style: StyleArg,
    /// Give the reference this defect; may be repeated
    #[arg(long, value_name = "NAME")]
    pub defect: Vec<DefectId>,
    /// The set of claims in testcases/reference.yaml; the first if absent
    #[arg(long, value_name = "ID")]
    pub claims: Option<String>,
    /// Write a target file for it, with secrets in FILE.secrets/ as long as it runs
    #[arg(long, value_name = "FILE")]
    pub target_out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StyleArg {
    Plain,
    Other,
}

impl From<StyleArg> for toetssteen_reference::Style {
    fn from(arg: StyleArg) -> Self {
        match arg {
            StyleArg::Plain => Self::Plain,
            StyleArg::Other => Self::Other,
        }
    }
}

#[derive(Debug, Args)]
pub struct Prove {
    /// Only this case; may be repeated
    #[arg(long, value_name = "ID")]
    pub case: Vec<CaseId>,
    /// Only this defect, without the clean reference and impostors; may be repeated
    #[arg(long, value_name = "NAME", conflicts_with_all = ["case", "no_defects"])]
    pub defect: Vec<DefectId>,
    /// Run all cases for every defect, not only those that claim it
    #[arg(long)]
    pub exact: bool,
    /// Leave the impostors out
    #[arg(long)]
    pub no_impostors: bool,
    /// Leave the reference and its defects out
    #[arg(long, conflicts_with_all = ["no_impostors", "rounds"])]
    pub no_defects: bool,
    /// Draw cast, orders and samples from this number
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Try the reference this often, with another seed, order and number of cases at a time each; a verdict that
    /// changes is not proved
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..))]
    pub rounds: u8,
    /// Runs at a time
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub jobs: usize,
}

#[derive(Debug, Args)]
pub struct Explain {
    /// An outcome, reason, requirement, case, defect, or diagnostic code
    #[arg(value_name = "WORD")]
    pub word: String,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Reads the report as it is; `rejudge` says whether it follows from its recording. Nothing here reads the \
clock: without --as-of and SOURCE_DATE_EPOCH the page does not judge how old a report is. Exit codes: 0 written, \
whatever the report says · 2 no report, or arguments that do not go together · 4 the disk refused"
)]
pub struct Report {
    /// A report.json, or the run directory that holds one; the view `working-group` takes several
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// For whom an html report is written
    #[arg(long, value_enum, default_value_t = ViewArg::Ci)]
    pub view: ViewArg,
    /// The day on which it is read, such as 2026-12-01; that of SOURCE_DATE_EPOCH if absent
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Mark what the waivers of this policy file let through on the day of --as-of
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    #[command(flatten)]
    pub reports: Reports,
}

/// A reader of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ViewArg {
    /// Every finding with its evidence
    Ci,
    /// Two pages of plain words, and what to ask the supplier
    Buyer,
    /// What is tested and how deeply, what nobody tests or meets, what is open in the standard
    WorkingGroup,
}

#[derive(Debug, Args)]
#[command(
    after_help = "OLD and NEW are a report.json or a run directory of one product; its version may differ. Exit codes: 0 no MUST \
got worse · 1 a MUST is broken that was not, or is no longer judged (with `--fail-on should`: anything got worse) · 2 no \
report, or two products"
)]
pub struct Diff {
    /// The earlier report
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The later report
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// How it is written
    #[arg(long, value_enum, default_value_t = SheetFormat::Text)]
    pub format: SheetFormat,
    /// What makes the exit code 1
    #[arg(long, value_enum, default_value_t = FailOnArg::Must)]
    pub fail_on: FailOnArg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SheetFormat {
    Text,
    Json,
    Markdown,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The first line says what is decided and why. The day is that of SOURCE_DATE_EPOCH if it is set, else of \
the clock (UTC). Reads the report as it is; `rejudge` says whether it follows from its recording. Exit codes: 0 no rule is \
broken · 6 a rule is broken · 2 a faulty policy file, no report, or a baseline of another product · 4 the disk refused"
)]
pub struct Gate {
    /// A report.json, or the run directory that holds one
    #[arg(value_name = "REPORT")]
    pub report_path: PathBuf,
    /// The policy file
    #[arg(long, value_name = "FILE")]
    pub policy: PathBuf,
    /// The report of an earlier run, for the rules under `baseline`
    #[arg(long, value_name = "REPORT")]
    pub baseline: Option<PathBuf>,
    /// Also write the decision: markdown, json or text; may be repeated; PATH `-` is standard output
    #[arg(long = "report", value_name = "KIND=PATH")]
    pub report: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Rejudge {
    /// The run directory
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Write the report here instead of comparing it with the one in the directory
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub reports: Reports,
    /// What makes the exit code 1
    #[arg(long, value_enum, default_value_t = FailOnArg::Must)]
    pub fail_on: FailOnArg,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Each part is judged again first. Exit codes: those of `run` · 2 a part does not fit, or they are not all the parts of one run"
)]
pub struct Merge {
    /// The run directories of all parts, in any order
    #[arg(value_name = "DIR", required = true)]
    pub dirs: Vec<PathBuf>,
    /// Where the whole goes: the report, and a copy of each part
    #[arg(long, value_name = "DIR", default_value = "reports/merged")]
    pub out: PathBuf,
    #[command(flatten)]
    pub reports: Reports,
    /// What makes the exit code 1
    #[arg(long, value_enum, default_value_t = FailOnArg::Must)]
    pub fail_on: FailOnArg,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Without --out and --report it only prints a summary. Age is counted from the newest report, or from SOURCE_DATE_EPOCH \
where that is set and not long before all of them; no clock is read. Exit codes: 0 compared, whatever may not be · 2 faulty arguments or a file that is no report · 4 the disk refused · \
6 with --against: a report does not show what is demanded"
)]
pub struct Compare {
    /// Hold each report against this tender.json too
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,
    /// With a tender that issues a text to each bidder: that text; may be repeated
    #[arg(long, value_name = "TEXT", requires = "against")]
    pub challenge: Vec<String>,
    /// Reports: each a report.json, or the run directory that holds one
    #[arg(value_name = "REPORT", required = true, num_args = 2..)]
    pub of: Vec<PathBuf>,
    /// Write comparison.html, .xlsx, .csv and .json here
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write a comparison of this kind: html, xlsx, csv or json; may be repeated
    #[arg(long = "report", value_name = "KIND=PATH")]
    pub report: Vec<String>,
    /// A report is too old to compare if it is this much older than the newest
    #[arg(long, value_name = "DURATION", default_value = "183d")]
    pub max_age: Span,
}

#[derive(Debug, Args)]
#[command(after_help = "Removes what the recording names, as `writer`, at endpoints that the target file names. \
Exit codes: 0 nothing is left · 2 faulty files, or removing is not authorised; nothing was contacted · 3 something could not be removed")]
pub struct Clean {
    /// Run directories; without one, those of interrupted runs beside --out
    #[arg(value_name = "DIR")]
    pub dirs: Vec<PathBuf>,
    /// The target file
    #[arg(long, value_name = "FILE", default_value = "toetssteen.yaml", env = "TOETSSTEEN_TARGET")]
    pub target: PathBuf,
    /// Where the interrupted run was to stand
    #[arg(long, value_name = "DIR", default_value = "reports/out", env = "TOETSSTEEN_OUT")]
    pub out: PathBuf,
    /// Only show what would be removed; contacts nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How long one exchange may take
    #[arg(long, value_name = "DURATION", default_value = "10s")]
    pub timeout: Span,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Takes DIR, DIR.previous, folders directly below DIR, and what interrupted runs left beside it. \
Folders that hold anything no run leaves, and links, are left alone. Exit codes: 0 done or nothing to do · 2 not confirmed, or faulty arguments · 4 the disk refused"
)]
pub struct Purge {
    /// Where the run directories stand
    #[arg(long, value_name = "DIR", default_value = "reports/out", env = "TOETSSTEEN_OUT")]
    pub out: PathBuf,
    /// Only runs that began longer ago than this, as in `30d`
    #[arg(long, value_name = "DURATION")]
    pub older_than: Option<Span>,
    /// Keep this run directory; may be repeated
    #[arg(long, value_name = "DIR")]
    pub except: Vec<PathBuf>,
    /// Also what interrupted runs left; `clean` can then no longer remove what they created
    #[arg(long)]
    pub interrupted: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Only show what would be deleted
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct Man {
    /// Write one page for each command here
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
