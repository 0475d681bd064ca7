//! The checks of a build: what can be proved about a history, as findings that point into its files.
//!
//! ```text
//! History -> Statements -> proof per database -> flaws -> levels, allowances -> Diagnostics
//! ```
//!
//! A history serves several databases, and a build may know of more than it serves: see `served`. What is wrong in several
//! of them is told once. Nothing here looks at a database, and nothing is checked while a history runs.

mod allow;
mod cache;
mod level;
mod served;
mod shape;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use self::allow::Allowances;
use crate::diagnostic::{self, Code, Diagnostic};
use crate::dialect::{Dialect, DialectSet};
use crate::file::Dialects;
use crate::graph::Edges;
use crate::history::History;
use crate::interpret::Proof;
use crate::nearest::nearest;
use crate::proof::{self, Flaw, Proved, Traces, prove_keeping};
use crate::replay::{Statements, name};
use crate::revision::{Direction, Format, Section};
use crate::source::{FileId, Sources, Span};

pub use cache::{Verdict, key};
pub use level::{CODES, Level, Levels, UnknownCode};
pub use served::Served;

/// What a project says about its checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// How much each check matters.
    pub levels: Levels,
    /// This revision, and what it needs, is followed and not checked.
    pub from: Option<String>,
}

/// Checks a history. `read` reads its statements for a database: those of the revisions of which the function says yes will be
/// needed, in the directions of which it says so.
///
/// `sources` are the files that it was read from. What came of revisions before is taken from `traces` and put there. The findings
/// come in the order of the history.
pub fn check<'h>(
    history: &'h History,
    sources: &Sources,
    dialects: Dialects,
    settings: &Settings,
    traces: &mut Traces,
    read: impl Fn(Dialect, &(dyn Fn(usize, Direction) -> bool + Sync)) -> Statements<'h>,
) -> Vec<Diagnostic> {
    let graph = history.graph();
    let from = match &settings.from {
        None => None,
        Some(id) => match history.index_of(id) {
            Some(node) => Some(node),
            None => return vec![unknown_from(history, id)],
        },
    };
    let served = Served::of(history, dialects);
    let (exact, maybe) = (served.certain, served.possible);
    let keep = |node: usize| exact.len() > 1 && shape::is_told_apart(history.revision(node));
    let adopted: Vec<usize> = from.into_iter().collect();
    let followed = graph.ancestors(&adopted, Edges::All);
    traces.begin();
    let mut prove = |dialect| {
        let is_wanted = |node: usize, direction| {
            let only_upgrade = followed.contains(node);
            let is_left_out = only_upgrade && direction == Direction::Downgrade;
            !(is_left_out || proof::is_known(history, node, dialect, only_upgrade, traces))
        };
        let statements = read(dialect, &is_wanted);
        prove_keeping(history, &statements, &adopted, keep, traces)
    };
    let mut proved: Vec<(Dialect, Proved)> = exact.iter().map(|dialect| (dialect, prove(dialect))).collect();
    // The history serves at least one of these: the first that it suits, or suits best.
    let mut best: Option<(usize, Dialect, Proved)> = None;
    for dialect in maybe.iter() {
        if best.as_ref().is_some_and(|(wrong, ..)| *wrong == 0) {
            break;
        }
        let proved = prove(dialect);
        let wrong = certain(&proved);
        if best.as_ref().is_none_or(|(fewest, ..)| wrong < *fewest) {
            best = Some((wrong, dialect, proved));
        }
    }
    proved.extend(best.map(|(_, dialect, proved)| (dialect, proved)));
    let checked: DialectSet = proved.iter().map(|(dialect, _)| *dialect).collect();
    let places = Places::new(history, sources);
    let is_clean = proved.iter().all(|(_, proved)| proved.flaws.is_empty());
    let mut allowances = Allowances::of(history, |node| !followed.contains(node));
    let mut findings = Vec::new();
    if !is_clean {
        for flaw in joined(history, &proved) {
            tell(&flaw, history, &places, settings, checked, &mut allowances, &mut findings);
        }
    }
    for difference in shape::differences(history, &proved) {
        if followed.contains(difference.revision) {
            continue;
        }
        let level = settings.levels.of("dialects-differ", Proof::Likely);
        let is_allowed = difference.sections.iter().any(|section| {
            allowances.covers(
                difference.revision,
                section.direction,
                section.first_line,
                None,
                "dialects-differ",
            )
        });
        if let (Some(level), false) = (level, is_allowed) {
            let finding = difference.describe(|section| places.marker(difference.revision, section));
            findings.push((difference.revision, Diagnostic { level, ..finding }));
        }
    }
    // An allowance may be for a database that was not looked at.
    if served.all.difference(checked).is_empty() {
        allowances.tell_unused(&settings.levels, &places, &mut findings);
    }
    allowances.tell_wrong(&places, &mut findings);
    findings.sort_by_key(|(node, finding)| (graph.rank(*node), finding.labels.first().map(|it| it.span)));
    let mut findings: Vec<Diagnostic> = findings.into_iter().map(|(_, finding)| finding).collect();
    explain(&mut findings);
    findings
}

fn certain(proved: &Proved) -> usize {
    proved.flaws.iter().filter(|flaw| flaw.finding.proof == Proof::Certain).count()
}

fn unknown_from(history: &History, id: &str) -> Diagnostic {
    let message = format!("the checks are to begin behind `{id}`, which does not exist");
    let finding = Diagnostic::error(Code("unknown-revision"), message);
    let near = nearest(id, history.revisions().iter().map(|revision| revision.id.as_str()));
    match near {
        Some(near) => finding.help(format!("the nearest id is `{near}`")),
        None => finding.help("`from` of `[checks]` is the whole id of a revision of this history"),
    }
}

/// One flaw, and the databases that have it.
struct Joined<'p> {
    flaw: &'p Flaw,
    dialects: DialectSet,
    section: &'p Section,
}

/// What is at the same place of the same section is one flaw.
fn joined<'p>(history: &'p History, proved: &'p [(Dialect, Proved)]) -> Vec<Joined<'p>> {
    let mut all: Vec<Joined<'p>> = Vec::new();
    type Key = (usize, Direction, u32, Option<(usize, usize)>, Code);
    let mut places: HashMap<Key, usize> = HashMap::new();
    for (dialect, proved) in proved {
        for flaw in &proved.flaws {
            let Some(section) = history.revision(flaw.revision).section(flaw.direction, *dialect) else {
                continue;
            };
            let at = flaw.at.as_ref().map(|at| (at.start, at.end));
            let key = (flaw.revision, flaw.direction, section.first_line, at, flaw.finding.code);
            match places.get(&key).and_then(|place| all.get_mut(*place)) {
                // In one database several statements may be wrong in one way at one place: those of a body.
                Some(same) if !same.dialects.contains(*dialect) => {
                    same.dialects = same.dialects.with(*dialect);
                }
                Some(same) if same.flaw.dialect != *dialect || same.flaw.finding == flaw.finding => {}
                _ => {
                    places.insert(key, all.len());
                    all.push(Joined { flaw, dialects: (*dialect).into(), section });
                }
            }
        }
    }
    all
}

fn tell(
    joined: &Joined<'_>,
    history: &History,
    places: &Places<'_>,
    settings: &Settings,
    checked: DialectSet,
    allowances: &mut Allowances<'_>,
    out: &mut Vec<(usize, Diagnostic)>,
) {
    let Joined { flaw, dialects, section } = joined;
    let finding = &flaw.finding;
    let code = finding.code;
    let start = flaw.at.as_ref().map(|at| at.start);
    let is_allowed = allowances.covers(flaw.revision, flaw.direction, section.first_line, start, code.0);
    let Some(level) = settings.levels.of(code.0, finding.proof).filter(|_| !is_allowed) else { return };
    let (span, label) = match &flaw.at {
        Some(at) => (places.text(flaw.revision, section, at), finding.label.clone()),
        None => (places.marker(flaw.revision, section), String::new()),
    };
    let mut told =
        Diagnostic { level, ..Diagnostic::error(code, finding.message.clone()) }.label(span, label);
    if checked.len() > 1 && dialects.len() != checked.len() && section.dialects.len() != 1 {
        let names: Vec<&str> = dialects.iter().map(name).collect();
        told = told.note(format!("on {}", names.join(" and ")));
    }
    told.notes.extend(finding.notes.iter().cloned());
    told.helps.extend(finding.helps.iter().cloned());
    if history.revision(flaw.revision).format == Format::Diesel {
        // diesel's files know no such line.
        for help in &mut told.helps {
            *help = help.replace(
                ", or `-- migrate:irreversible <reason>`",
                ", or empty the file: there is no way back",
            );
        }
    }
    out.push((flaw.revision, told));
}

/// Says once for each check how it is told to be silent.
fn explain(findings: &mut [Diagnostic]) {
    let mut seen: Vec<Code> = Vec::new();
    for finding in findings {
        let code = finding.code;
        // What a file says wrongly about the checks is no check.
        if seen.contains(&code)
            || !CODES.contains(&code.0)
            || matches!(code.0, "syntax" | "bad-effect" | "unused-allow")
        {
            continue;
        }
        seen.push(code);
        let is_of_section = matches!(
            code.0,
            "dialects-differ" | "downgrade-differs" | "downgrade-empty" | "enum-values-stay"
        );
        if code.0 == "branches-conflict" {
            let help =
                "if no database gets both: `-- migrate:allow branches-conflict <reason>` on the line above";
            finding.helps.push(help.to_owned());
            continue;
        }
        let (what, place) = match (finding.level, is_of_section) {
            (diagnostic::Level::Error, true) => ("if it is meant so", "in the section"),
            (diagnostic::Level::Error, false) => {
                ("if the database takes it all the same", "on the line above")
            }
            (diagnostic::Level::Warning, true) => ("where it does not matter", "in the section"),
            (diagnostic::Level::Warning, false) => ("where it does not matter", "on the line above"),
        };
        finding.helps.push(format!("{what}: `-- migrate:allow {code} <reason>` {place}"));
    }
}

/// Where the sections of a history stand in its files.
struct Places<'a> {
    history: &'a History,
    sources: &'a Sources,
    files: std::cell::OnceCell<BTreeMap<&'a str, FileId>>,
}

impl<'a> Places<'a> {
    fn new(history: &'a History, sources: &'a Sources) -> Self {
        Self { history, sources, files: std::cell::OnceCell::new() }
    }

    fn file(&self, revision: usize, direction: Direction) -> Option<FileId> {
        let by_path = || self.sources.files().map(|(id, file)| (file.path.as_str(), id)).collect();
        let files = self.files.get_or_init(by_path);
        files.get(&*self.history.revision(revision).section_path(direction)).copied()
    }

    /// A stretch of a section's text.
    fn text(&self, revision: usize, section: &Section, at: &Range<usize>) -> Span {
        let Some(file) = self.file(revision, section.direction) else { return nowhere(self.sources) };
        let text = &self.sources.get(file).text;
        let start = line_start(text, section.first_line);
        // An empty stretch is not seen: the word there is meant.
        let word = |at: usize| section.text[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '_');
        let end = match at.is_empty() && section.text.is_char_boundary(at.start) {
            true => at.start + word(at.start).map(char::len_utf8).sum::<usize>().max(1),
            false => at.end,
        };
        Span::new(file, (start + at.start).min(text.len()), (start + end).min(text.len()))
    }

    /// The line that begins a section; diesel's files begin with one.
    fn marker(&self, revision: usize, section: &Section) -> Span {
        let Some(file) = self.file(revision, section.direction) else { return nowhere(self.sources) };
        let text = &self.sources.get(file).text;
        let start = line_start(text, section.first_line.saturating_sub(1).max(1));
        let line = text[start..].lines().next().unwrap_or_default().trim_end();
        Span::new(file, start, start + line.len())
    }
}

/// A history that was not read from these files has no places in them; the first file is not worse than any other.
fn nowhere(sources: &Sources) -> Span {
    let first = sources.files().next().map(|(file, _)| file);
    Span::new(first.unwrap_or_default(), 0, 0)
}

/// Where a line, counted from 1, begins.
fn line_start(text: &str, line: u32) -> usize {
    let lines = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(lines).nth(line.saturating_sub(1) as usize).unwrap_or(text.len())
}

#[cfg(all(test, feature = "postgres", feature = "sqlite", feature = "mysql"))]
mod tests;
