//! `migrate edit`: opens revision files in the user's editor, and reads the history again.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use migrate_core::history::{self, History};
use migrate_core::revision::{Direction, Format};

use crate::args::Edit;
use crate::context::Context;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::{Failure, Result, io_reason};
use crate::report::count;
use crate::targets;

pub(super) fn run(context: &Context, args: &Edit) -> Result<Exit> {
    let targets = targets::parse_all(&args.targets)?;
    let (settings, environment) = context.settings()?;
    let history = Arc::new(crate::history::read_headers(context, &settings)?);
    let asks_database = targets.iter().any(|target| target.to_string().ends_with("current"));
    let rows = match asks_database {
        true => super::upgrade::rows(context, &settings, &environment, &history)?,
        false => vec![],
    };
    let (mut files, mut seen) = (Vec::new(), HashSet::new());
    for target in &targets {
        for node in history.graph().resolve(target, &rows).map_err(targets::unresolved)? {
            if seen.insert(node) {
                files.extend(files_of(&history, node));
            }
        }
    }
    if files.is_empty() {
        let message = format!("`{}` names no revision to edit", args.targets.join(" "));
        return Err(Failure::usage("nothing-to-edit", message).help("`migrate history` lists all revisions"));
    }
    // The editor has the terminal from here on.
    context.shell.finish()?;
    open(context, &environment, &files)?;
    let history = crate::history::read(context, &settings, history::Heads::Many)?;
    let revisions = count(history.revisions().len(), "revision");
    context.shell.status("Checked", format_args!("{revisions}: the history is valid"));
    Ok(Exit::Done)
}

/// The file of a revision; one of diesel's has two.
fn files_of(history: &History, node: usize) -> Vec<PathBuf> {
    let revision = history.revision(node);
    let path = |direction| PathBuf::from(&*revision.section_path(direction));
    match revision.format {
        Format::Native => vec![path(Direction::Upgrade)],
        Format::Diesel => {
            let both = [path(Direction::Upgrade), path(Direction::Downgrade)];
            both.into_iter().filter(|path| path.is_file()).collect()
        }
    }
}

fn open(context: &Context, environment: &Environment, files: &[PathBuf]) -> Result {
    let found = ["VISUAL", "EDITOR"].into_iter().find_map(|name| environment.get(name));
    let found = found.ok_or_else(|| {
        Failure::usage("no-editor", "no editor is named")
            .help("set `VISUAL` or `EDITOR`, for instance to `vim` or `code --wait`")
    })?;
    let words = words(&found.value);
    let Some((program, arguments)) = words.as_deref().and_then(<[String]>::split_first) else {
        let message = format!("{} has a quote that is not closed", found.origin);
        return Err(Failure::usage("no-editor", message));
    };
    let failed = |why: String| {
        Failure::usage("editor-failed", format!("the editor `{program}` failed: {why}"))
            .note(format!("{} names it", found.origin))
    };
    let mut command = Command::new(program);
    command.args(arguments).args(files.iter().map(|file| plain(file)));
    if context.flags.json {
        // Standard output has lines of JSON alone.
        command.stdout(std::io::stderr());
    }
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(status.to_string())),
        Err(error) => Err(failed(io_reason(&error))),
    }
}

/// A file name that begins with a dash is no option of the editor.
fn plain(file: &Path) -> PathBuf {
    if file.as_os_str().as_encoded_bytes().starts_with(b"-") {
        Path::new(".").join(file)
    } else {
        file.to_owned()
    }
}

/// The words of a command line. Quotes keep blanks; a backslash is an ordinary character, as Windows needs it.
///
/// `None` if a quote is not closed or there is no word.
fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match (c, quote) {
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, Some(open)) if c == open => quote = None,
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    (quote.is_none() && !words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_command_line_has_words() {
        let split = |line| words(line).map(|words| words.join("|"));
        assert_eq!(split("vim").as_deref(), Some("vim"));
        assert_eq!(split("  code  --wait ").as_deref(), Some("code|--wait"));
        assert_eq!(
            split(r#""C:\Program Files\ed.exe" -n'a b' '"'"#).as_deref(),
            Some(r#"C:\Program Files\ed.exe|-na b|""#)
        );
        assert_eq!(split("a '' b").as_deref(), Some("a||b"));
        assert_eq!(split("vim 'a"), None);
        assert_eq!(split(" "), None);
    }
}
