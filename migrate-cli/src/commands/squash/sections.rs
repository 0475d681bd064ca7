//! What the new revision does: the schema at the end of the run, or its statements as they are.

use migrate_core::autogenerate::generate;
use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::graph::Squash;
use migrate_core::history::History;
use migrate_core::interpret::Interpreter;
use migrate_core::replay::{self, Statements, is_certain, pieces};
use migrate_core::revision::{Direction, Format};
use migrate_core::schema::{Certainty, Schema};
use migrate_core::squash::{Untold, untold};
use migrate_core::template::NewSection;

use crate::args;
use crate::commands::sections::{Pair, Sections, options, section};
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::json::Line;
use crate::replayed::Replayed;
use crate::report::count;

/// Most that is listed of one kind.
const LISTED: usize = 30;

pub(super) fn of(
    context: &Context,
    history: &History,
    squash: &Squash,
    dialects: DialectSet,
    args: &args::Squash,
) -> Result<Sections> {
    let irreversible = irreversible(history, squash, dialects);
    if !args.verbatim {
        let mut all: Vec<Untold> = vec![];
        for dialect in dialects.iter() {
            let [up, down] = untold_both(history, squash, dialect, irreversible.is_some());
            // What several databases share is one statement.
            let new = up.into_iter().chain(down).filter(|one| !all.contains(one)).collect::<Vec<_>>();
            all.extend(new);
        }
        if !all.is_empty() && !args.keep_data && !args.drop_data {
            return Err(list(context, &all));
        }
        tell_untold(context, &all, args);
    }
    let mut pairs = vec![];
    for dialect in dialects.iter() {
        let pair = match args.verbatim {
            true => verbatim(history, squash, dialect)?,
            false => from_schema(history, squash, dialect, args, irreversible.is_some())?,
        };
        let pair = match irreversible {
            Some(_) => Pair { downgrade: None, ..pair },
            None => pair,
        };
        pairs.push((dialect, pair));
    }
    Ok(Sections::of(pairs, irreversible))
}

/// Why there is no way back: because a revision of the run has none.
fn irreversible(history: &History, squash: &Squash, dialects: DialectSet) -> Option<String> {
    let mut reasons = vec![];
    for &node in &squash.run {
        let revision = history.revision(node);
        let lacks = |dialect: Dialect| revision.section(Direction::Downgrade, dialect).is_none();
        if let Some(reason) = &revision.irreversible {
            reasons.push(format!("{}: {}", revision.id, reason.trim()));
        } else if dialects.iter().any(lacks) {
            let where_ = if revision.format == Format::Diesel { "down.sql" } else { "downgrade section" };
            reasons.push(format!("{}: it had no {where_}", revision.id));
        }
    }
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

fn refused(code: &'static str, message: String) -> Box<Failure> {
    Failure::usage(code, message).note("nothing was written")
}

/// The sections that lead from the schema before the run to the one after it, and back.
fn from_schema(
    history: &History,
    squash: &Squash,
    dialect: Dialect,
    args: &args::Squash,
    is_irreversible: bool,
) -> Result<Pair> {
    let replayed = Replayed::new(history, dialect, &[squash.last]);
    let needed: Vec<usize> = squash.parents.iter().chain(&squash.depends_on).copied().collect();
    let (before, after) = (replayed.at(&needed), replayed.at(&[squash.last]));
    must_be_known(&before, &after, dialect)?;
    let generated = generate(&before, &after, &[]).map_err(|unreached| {
        let message =
            format!("the schema at the end of the run cannot be written as statements of {dialect}");
        let whys = unreached.refused.iter().cloned();
        let whys: Vec<String> = whys.chain(unreached.differences.iter().map(ToString::to_string)).collect();
        let shown = whys.iter().take(LISTED).map(|why| why.split_whitespace().collect::<Vec<_>>().join(" "));
        with_verbatim(shown.fold(refused("not-written", message), Failure::note))
    })?;
    let (mut upgrade, mut downgrade) = (section(&generated.upgrade), section(&generated.downgrade));
    if args.keep_data {
        let [up, down] = untold_both(history, squash, dialect, is_irreversible);
        upgrade.text.push_str(&kept(&up));
        downgrade.text = format!("{}{}", kept(&down).trim_start(), downgrade.text);
    }
    Ok(Pair { upgrade, downgrade: Some(downgrade) })
}

/// What a schema does not tell of the way forward and, where there is one, of the way back.
fn untold_both(
    history: &History,
    squash: &Squash,
    dialect: Dialect,
    is_irreversible: bool,
) -> [Vec<Untold>; 2] {
    let statements = Statements::new(history, dialect);
    let of = |direction| untold(history, &squash.run, direction, &statements);
    [of(Direction::Upgrade), if is_irreversible { vec![] } else { of(Direction::Downgrade) }]
}

fn with_verbatim(failure: Box<Failure>) -> Box<Failure> {
    failure.help("`--verbatim` puts the statements of the run into one file as they are")
}

/// Says what a schema does not tell, and what can be done about it.
fn list(context: &Context, all: &[Untold]) -> Box<Failure> {
    let message = format!("the run does more than a schema tells: {}", count(all.len(), "statement"));
    let failure = refused("data-steps", message);
    if context.flags.json {
        all.iter().for_each(|one| tell_json(context, one));
    }
    let mut failure = all.iter().take(LISTED).fold(failure, |failure, one| failure.note(shown(one)));
    if let more @ 1.. = all.len().saturating_sub(LISTED) {
        failure = failure.note(format!("and {more} more"));
    }
    with_verbatim(
        failure
            .help("`--keep-data` puts them behind the schema, as they are; read the file then")
            .help("`--drop-data` leaves them out: a new database does without what they did"),
    )
}

fn shown(untold: &Untold) -> String {
    let mut sql = untold.sql.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = sql.char_indices().nth(60) {
        sql.truncate(at);
        sql.push('…');
    }
    format!("{}: `{sql}` {}", untold.place, untold.why)
}

fn tell_json(context: &Context, untold: &Untold) {
    context.json(|| Line::Untold {
        place: untold.place.clone(),
        direction: untold.direction.name(),
        sql: untold.sql.clone(),
        why: untold.why.to_string(),
    });
}

fn tell_untold(context: &Context, all: &[Untold], args: &args::Squash) {
    if all.is_empty() {
        return;
    }
    let what = match args.keep_data {
        true => "kept behind the schema, as they are: read the file",
        false => "left out",
    };
    context
        .shell
        .warning(format_args!("{} that a schema does not tell {what}", count(all.len(), "statement")));
    for one in all {
        match context.flags.json {
            true => tell_json(context, one),
            false => context.shell.note(shown(one)),
        }
    }
}

/// Statements as they are, each with where it comes from.
fn kept(all: &[Untold]) -> String {
    let mut out = String::new();
    for one in all {
        out.push_str(&format!("\n-- from {}\n{};\n", one.place, one.sql.trim_end()));
    }
    out
}

/// Refuses where it is not known for certain what the run makes.
fn must_be_known(before: &Schema, after: &Schema, dialect: Dialect) -> Result {
    let is_open = |id| {
        after.get(id).is_some_and(|object| object.certainty != Certainty::Certain && !object.is_mere_word())
    };
    let open: Vec<String> = after
        .changed(before)
        .iter()
        .filter(|id| is_open(id))
        .filter_map(|id| after.get(id))
        .map(|object| format!("what `{}` is after the run is not known for certain", object.name))
        .collect();
    if open.is_empty() && (before.may_have_more() || !after.may_have_more()) {
        return Ok(());
    }
    let message = format!("it is not known for certain what the run makes on {dialect}");
    let failure = open.into_iter().take(LISTED).fold(refused("uncertain", message), Failure::note);
    Err(with_verbatim(
        failure
            .note("a statement of it is not understood, or may do anything")
            .help("say above that statement what it does: `-- migrate:effect <SQL>`, and name it then with `--keep-data`"),
    ))
}

/// The statements of the run in one piece, both ways.
fn verbatim(history: &History, squash: &Squash, dialect: Dialect) -> Result<Pair> {
    let joined = |nodes: &mut dyn Iterator<Item = usize>,
                  direction: Direction|
     -> Result<Option<NewSection>> {
        let mut joined: Option<NewSection> = None;
        for node in nodes {
            let revision = history.revision(node);
            let Some(section) = revision.section(direction, dialect) else { return Ok(None) };
            let options = options(section.transactional, section.foreign_keys);
            let text = section.text.trim();
            // Ended, so that the next can follow.
            let end = if text.is_empty() || text.ends_with(';') { "" } else { "\n;" };
            let text = format!("-- from {} ({})\n{text}{end}\n", revision.id, revision.path);
            match &mut joined {
                None => joined = Some(NewSection { dialects: DialectSet::EMPTY, options, text }),
                Some(joined) if joined.options == options => joined.text.push_str(&format!("\n{text}")),
                Some(_) => {
                    let message = format!(
                        "`{}` runs in another way on {dialect} than what comes before it: in a transaction or not, with foreign keys or without",
                        revision.id
                    );
                    return Err(refused("not-written", message)
                        .help(format!("end the run before `{}`, or begin it after that", revision.id)));
                }
            }
        }
        Ok(joined)
    };
    let upgrade = joined(&mut squash.run.iter().copied(), Direction::Upgrade)?;
    let downgrade = joined(&mut squash.run.iter().rev().copied(), Direction::Downgrade)?;
    let Some(upgrade) = upgrade else {
        let message = format!("a revision of the run has no upgrade section for {dialect}");
        return Err(refused("missing-section", message));
    };
    Ok(Pair { upgrade, downgrade })
}

/// Replays both ways, and refuses unless they give the same schema, and databases that have the run are recognised.
pub(super) fn verify(
    (old, last): (&History, usize),
    (new, id): (&History, &str),
    dialects: DialectSet,
) -> Result {
    let Some(node) = new.index_of(id) else {
        return Err(refused("not-written", format!("the new file would not be revision `{id}`")));
    };
    for dialect in dialects.iter() {
        let (one, other) = (
            Replayed::new(old, dialect, &[last]).at(&[last]),
            Replayed::new(new, dialect, &[node]).at(&[node]),
        );
        let differences = one.differences(&other);
        if !differences.is_empty() {
            let message = format!(
                "replayed on {dialect}, the new revision does not give the schema that the run gives"
            );
            let shown = differences.iter().take(LISTED).map(ToString::to_string);
            return Err(with_verbatim(shown.fold(refused("not-the-same", message), Failure::note)));
        }
        must_go(new, node, dialect)?;
        let row = old.revision(last).id.as_str();
        if new.way_of(row, &old.digest(last, dialect), dialect).is_none() {
            let message = format!("a {dialect} database at `{row}` would not be recognised");
            return Err(refused("not-the-same", message));
        }
    }
    Ok(())
}

/// Refuses what the database would refuse of the new revision.
fn must_go(history: &History, node: usize, dialect: Dialect) -> Result {
    let needed = history.graph().needs(node).to_vec();
    let mut schema = Replayed::new(history, dialect, &needed).at(&needed);
    for direction in [Direction::Upgrade, Direction::Downgrade] {
        let Some(section) = history.revision(node).section(direction, dialect) else { continue };
        let mut interpreter = Interpreter::on(schema).in_transaction(section.transactional);
        let pieces = pieces(section, dialect);
        let findings = replay::run(&mut interpreter, &pieces);
        let wrong: Vec<_> = findings.iter().filter(|(_, finding)| is_certain(finding)).collect();
        if !wrong.is_empty() {
            let message = format!("the {direction} of the new revision would be refused by {dialect}");
            let failure = refused("not-the-same", message);
            let shown = wrong.iter().take(LISTED).map(|(piece, finding)| {
                let sql = pieces[*piece].text.split_whitespace().collect::<Vec<_>>().join(" ");
                format!("{}: `{sql}`", finding.message)
            });
            return Err(with_verbatim(shown.fold(failure, Failure::note)).help(
                "what no longer fits the schema at the end of the run can be left out: `--drop-data`",
            ));
        }
        schema = interpreter.into_schema();
    }
    Ok(())
}
