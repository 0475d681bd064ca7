//! `migrate adopt --sql`: Alembic's revisions as files of ours.
//!
//! All or nothing: the whole history, with the files that are there, is valid before the first one is written.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use migrate_core::adopt::Tool;
use migrate_core::adopt::alembic::{self, Described, NewFile, Printed};
use migrate_core::diagnostic::{Diagnostic, Level};
use migrate_core::dialect::Dialect;
use migrate_core::file::Dialects;
use migrate_core::history::{self, Rules};
use migrate_core::revision::Direction;
use migrate_core::source::Sources;

use crate::args::Adopt;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result, io_reason};
use crate::json::Line;
use crate::report::count;
use crate::settings::Settings;

pub(super) fn run(context: &Context, args: &Adopt, sql: &Path) -> Result<Exit> {
    if let Some(tool) = args.from.filter(|tool| *tool != Tool::Alembic) {
        let message = format!("`--sql` is for the output of Alembic, not of {tool}");
        return Err(Failure::usage("adoption", message).help("write `--from alembic`, or leave `--sql` out"));
    }
    let (settings, _) = context.settings()?;
    let dialect = dialect(&settings)?;
    let table = args.table.as_deref().unwrap_or(Tool::Alembic.table());
    let table = table.rsplit('.').next().unwrap_or(table);

    let (mut sources, mut findings) = (Sources::new(), Vec::new());
    let mut printed = |path: &Path, direction| -> Result<Vec<Printed>> {
        let file = sources.add(path.display().to_string(), read(path)?, &mut findings);
        Ok(alembic::printed(&sources, file, dialect, table, direction, &mut findings))
    };
    let upgrades = printed(sql, Direction::Upgrade)?;
    let downgrades = match &args.downgrade_sql {
        Some(path) => Some(printed(path, Direction::Downgrade)?),
        None => None,
    };
    if findings.iter().any(|finding: &Diagnostic| finding.level == Level::Error) {
        return Err(Box::new(Failure { exit: Exit::Usage, findings, sources }));
    }
    let described = match &args.history {
        Some(path) => {
            let text = String::from_utf8_lossy(&read(path)?).into_owned();
            Some(alembic::described(&text))
        }
        None if alembic::may_have_dependencies(&upgrades) => {
            let message =
                "the revisions are not one whole line, and the SQL does not say what depends on what";
            return Err(Failure::usage("alembic-output", message)
                .help("give what `alembic history --verbose` prints: `--history <file>`"));
        }
        None => None,
    };
    let new = revisions(context, dialect, &upgrades, downgrades.as_deref(), described.as_ref())?;
    validate(&settings, dialect, &new)?;
    for path in write(&settings, dialect, &new)? {
        let path = path.to_string_lossy().into_owned();
        match context.flags.json {
            true => context.json(|| Line::Written { path }),
            false => context.shell.line(path),
        }
    }
    context.shell.status("Finished", format_args!("{} written", count(new.len(), "revision file")));
    context.shell.note("`migrate adopt` records in each database what Alembic has applied there");
    Ok(Exit::Done)
}

/// The one database whose SQL this is.
fn dialect(settings: &Settings) -> Result<Dialect> {
    let declared: Vec<Dialect> = settings.dialects().iter().collect();
    match declared[..] {
        [dialect] => Ok(dialect),
        _ => Err(Failure::usage("adoption", "nothing says for which database the SQL is")
            .help("name it: `--dialect postgres`, `mysql` or `sqlite`")),
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let read = || -> io::Result<Vec<u8>> {
        if path != Path::new("-") {
            return fs::read(path);
        }
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error| Failure::io("read", path, &error))
}

fn revisions(
    context: &Context,
    dialect: Dialect,
    upgrades: &[Printed],
    downgrades: Option<&[Printed]>,
    described: Option<&BTreeMap<String, Described>>,
) -> Result<Vec<NewFile>> {
    let back: BTreeMap<&str, &Printed> =
        downgrades.unwrap_or_default().iter().map(|revision| (revision.id.as_str(), revision)).collect();
    let (own, uncertain) = described.map(alembic::own_labels).unwrap_or_default();
    for label in uncertain {
        context.shell.warning(format_args!(
            "the history does not say which revision of its line carries the label `{label}`: it is put on the first"
        ));
    }
    let mut new = Vec::with_capacity(upgrades.len());
    for revision in upgrades {
        let id = revision.id.as_str();
        let unknown = Described::default();
        let about = match described {
            Some(all) => all.get(id).ok_or_else(|| other_history(id))?,
            None => &unknown,
        };
        if described.is_some() && sorted(&about.parents) != sorted(&revision.parents) {
            return Err(other_history(id));
        }
        let down = back.get(id);
        if down.is_some_and(|down| sorted(&down.parents) != sorted(&revision.parents)) {
            let message = format!("the downgrade of `{id}` leads elsewhere than its upgrade comes from");
            return Err(Failure::usage("alembic-output", message).help(
                "print both from the same state of the project: `upgrade base:heads`, `downgrade heads:base`",
            ));
        }
        let mut alone = vec![];
        alone.extend((!revision.transactional).then_some(Direction::Upgrade));
        alone.extend(down.filter(|down| !down.transactional).map(|_| Direction::Downgrade));
        let file = NewFile {
            id: revision.id.clone(),
            message: about.message.clone(),
            parents: revision.parents.clone(),
            labels: own.get(id).into_iter().flatten().map(|label| (*label).to_owned()).collect(),
            depends_on: about.depends_on.iter().map(|name| whole(name, described)).collect(),
            create_date: about.create_date.clone(),
            upgrade: revision.sql.clone(),
            downgrade: match (downgrades, down) {
                (_, Some(down)) => Ok(down.sql.clone()),
                (Some(_), None) => Err("Alembic printed no downgrade".to_owned()),
                (None, None) => Err("taken over from Alembic without its downgrade".to_owned()),
            },
            alone,
        };
        new.push(file.readable(dialect).ok_or_else(|| {
            let message = format!("the SQL of `{id}` cannot stand in a revision file");
            Failure::usage("alembic-output", message)
                .note("a line of it would begin a section")
                .help("take out comments that begin with `-- migrate:`")
        })?);
    }
    Ok(new)
}

fn other_history(id: &str) -> Box<Failure> {
    let message = format!("the history says something else about `{id}` than the SQL");
    Failure::usage("alembic-output", message)
        .help("print both from the same state of the project: `alembic history --verbose`, `alembic upgrade base:heads --sql`")
}

fn sorted(names: &[String]) -> Vec<&str> {
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// Alembic takes the beginning of an id for the id, and files of ours do not.
fn whole(name: &str, described: Option<&BTreeMap<String, Described>>) -> String {
    let all = described.into_iter().flatten();
    let is_label = || all.clone().any(|(_, other)| other.labels.iter().any(|label| label == name));
    if described.is_some_and(|all| all.contains_key(name)) || is_label() {
        return name.to_owned();
    }
    let mut fitting = all.clone().map(|(id, _)| id).filter(|id| id.starts_with(name));
    match (fitting.next(), fitting.next()) {
        (Some(id), None) => id.clone(),
        _ => name.to_owned(),
    }
}

/// Where the files go: the first of the migration directories.
fn home(settings: &Settings) -> &Path {
    settings.dirs.first().map_or(Path::new("migrations"), PathBuf::as_path)
}

/// Reads the directory as it will be.
fn validate(settings: &Settings, dialect: Dialect, new: &[NewFile]) -> Result {
    let shown = |dir: &Path| dir.to_string_lossy().into_owned();
    let folders: Vec<(PathBuf, String)> =
        settings.dirs.iter().filter(|dir| dir.is_dir()).map(|dir| (dir.clone(), shown(dir))).collect();
    let home = shown(home(settings));
    let unwritten: Vec<(String, String)> =
        new.iter().map(|new| (format!("{home}/{}", new.name()), new.text(dialect))).collect();
    let rules = Rules {
        dialects: Dialects::exactly([dialect].into_iter().collect()),
        heads: history::Heads::Many,
        ..Rules::default()
    };
    let directory = migrate_dir::read_with(&folders, &unwritten, rules)
        .map_err(|error| Failure::usage("io", io_reason(&error)))?;
    match directory.history {
        Some(_) => Ok(()),
        None => {
            let failure =
                Failure { exit: Exit::History, findings: directory.findings, sources: directory.sources };
            Err(Box::new(failure).note("nothing was written"))
        }
    }
}

/// Writes all files, or none.
fn write(settings: &Settings, dialect: Dialect, new: &[NewFile]) -> Result<Vec<PathBuf>> {
    let mut written = Vec::with_capacity(new.len());
    for revision in new {
        let path = home(settings).join(revision.name());
        match migrate_dir::write_new(&path, &revision.text(dialect)) {
            Ok(()) => written.push(path),
            Err(error) => {
                for path in &written {
                    // What cannot be removed either is told by the next run, which finds it.
                    let _ = fs::remove_file(path);
                }
                return Err(Failure::unwritten(&error).note("nothing was written"));
            }
        }
    }
    Ok(written)
}
