//! Reads the files: `schema.rs` or `schema.sql`, the `diesel.toml` that speaks of it, and the patch that is applied to it.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::dialect::DialectSet;
use migrate_core::source::{FileId, Sources, Span};

use crate::compare::{ModelFile, SqlFile};
use crate::diesel_toml::{Filter, PrintSchema, read_print_schemas};
use crate::models::Models;
use crate::patch::Touched;
use crate::read::{dialects_of, read};

/// What was read.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The files with declarations.
    pub files: Vec<ModelFile>,
    /// What could not be read.
    pub findings: Vec<Diagnostic>,
    /// All files that were looked at: a change of one may change the findings.
    pub looked_at: Vec<PathBuf>,
}

/// Reads files with declarations or with SQL, and folders of such: each a path, and how messages show it. What ends in `.sql` is SQL.
///
/// All of them go to the sources. A file whose path names a database (`schema/sqlite.rs`, `postgres/schema.rs`) is for that database only.
pub fn load(paths: &[(PathBuf, String)], sources: &mut Sources) -> Loaded {
    let mut loaded = Loaded::default();
    for (path, shown) in paths {
        if let Err(error) = loaded.take(path, shown, sources) {
            let finding = match error.kind() {
                io::ErrorKind::NotFound => {
                    Diagnostic::error(Code("missing-schema"), format!("there is no file `{shown}`"))
                        .help("name the file that `diesel print-schema` writes, such as `src/schema.rs`, or a `schema.sql`")
                }
                _ => Diagnostic::error(Code("io"), format!("cannot read `{shown}`: {error}")),
            };
            loaded.findings.push(finding);
        }
    }
    loaded
}

impl Loaded {
    fn take(&mut self, path: &Path, shown: &str, sources: &mut Sources) -> io::Result<()> {
        if path.is_dir() {
            let mut inside = Vec::new();
            for entry in fs::read_dir(path)? {
                let name = entry?.file_name();
                if Path::new(&name)
                    .extension()
                    .is_some_and(|extension| extension == "rs" || extension == "sql")
                {
                    inside.push(name);
                }
            }
            inside.sort();
            for name in inside {
                let shown = format!("{}/{}", shown.trim_end_matches('/'), name.to_string_lossy());
                self.take(&path.join(&name), &shown, sources)?;
            }
            return Ok(());
        }
        let bytes = fs::read(path)?;
        self.looked_at.push(path.to_owned());
        let source = sources.add(shown.to_owned(), bytes, &mut self.findings);
        let is_sql = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql"));
        let stem = shown.strip_suffix(if is_sql { ".sql" } else { ".rs" }).unwrap_or(shown);
        let dialects = dialects_of(stem).unwrap_or(DialectSet::ALL);
        if is_sql {
            let sql = SqlFile { text: sources.get(source).text.as_str().into(), dialects };
            let (models, touched) = (Models::default(), Touched::default());
            self.files.push(ModelFile { source, models, settings: None, touched, sql: Some(sql) });
            return Ok(());
        }
        let settings = self.settings(path, shown, sources);
        let patch = settings
            .as_ref()
            .and_then(|(folder, print)| Some(folder.join(print.patch_file.as_ref()?)))
            .and_then(|patch| self.look_at(&patch, sources));
        let text = &sources.get(source).text;
        let touched =
            patch.map_or_else(Touched::default, |patch| Touched::of(&sources.get(patch).text, text));
        let settings = settings.map(|(_, print)| print);
        self.files.push(ModelFile { source, models: read(text, dialects), settings, touched, sql: None });
        Ok(())
    }

    /// A file that says how others are to be taken. One that is not there says nothing.
    fn look_at(&mut self, path: &Path, sources: &mut Sources) -> Option<FileId> {
        let bytes = fs::read(path).ok()?;
        if !self.looked_at.iter().any(|known| known == path) {
            self.looked_at.push(path.to_owned());
        }
        let mut findings = Vec::new();
        let here = std::env::current_dir().unwrap_or_default();
        let shown = path.strip_prefix(here).unwrap_or(path).display().to_string();
        let file = sources.add(shown, bytes, &mut findings);
        // Whatever is wrong with it, diesel tells.
        findings.is_empty().then_some(file)
    }

    /// What the nearest `diesel.toml` that speaks of a file says, and its folder. One that cannot be read may speak of any file, and
    /// leave any table out.
    fn settings(
        &mut self,
        path: &Path,
        shown: &str,
        sources: &mut Sources,
    ) -> Option<(PathBuf, PrintSchema)> {
        let path = std::path::absolute(path).ok()?;
        for folder in path.ancestors().skip(1) {
            let config = folder.join("diesel.toml");
            let is_new = !self.looked_at.contains(&config);
            let Some(source) = self.look_at(&config, sources) else { continue };
            let (prints, problems) = read_print_schemas(&sources.get(source).text);
            let is_of_it = |print: &PrintSchema| {
                print.file.as_ref().is_some_and(|file| plain(&folder.join(file)) == plain(&path))
            };
            let found = match prints.is_empty() {
                true => Some(PrintSchema { filter: Filter::Unknown, ..PrintSchema::default() }),
                false => prints.into_iter().find(is_of_it),
            };
            let Some(print) = found else { continue };
            let problems = problems.into_iter().filter(|_| is_new);
            self.findings.extend(problems.map(|problem| {
                let message = format!("what diesel.toml says of `{shown}` is not understood");
                Diagnostic::warning(Code("diesel-config"), message)
                    .label(Span::new(source, problem.at.start, problem.at.end), problem.message)
            }));
            return Some((folder.to_owned(), print));
        }
        None
    }
}

/// Without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}
