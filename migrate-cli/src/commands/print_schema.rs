//! `migrate print-schema`: diesel's `schema.rs`, with no database.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::proof::Traces;
use migrate_core::source::Sources;
use migrate_schema::{Filter, Options, Print, Server, apply_patch_file, print_history};
use similar::TextDiff;

use super::at::At;
use crate::args::{PrintSchema, PrintServer};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::json::Line;
use crate::{config, history};

pub(super) fn run(context: &Context, args: &PrintSchema) -> Result<Exit> {
    let (settings, environment) = context.settings()?;
    let mut sources = Sources::new();
    let prints =
        prints(context, args, environment.get("DIESEL_CONFIG_FILE").map(|file| file.value), &mut sources)?;
    let outputs = outputs(args, &prints)?;
    let At { history, dialect, nodes } = At::find(context, &settings, &environment, &args.at)?;
    let statements = migrate_dir::statements(&history, dialect, |_, direction| {
        direction == migrate_core::revision::Direction::Upgrade
    });
    let options = Options::server(args.server.map(|server| match server {
        PrintServer::Mysql => Server::Mysql,
        PrintServer::Mariadb => Server::Mariadb,
    }));
    let traces = &mut Traces::default();
    let mut findings = Vec::new();
    let mut texts = Vec::new();
    for (print, output) in prints.iter().zip(&outputs) {
        if matches!(output, Output::Nowhere) {
            continue;
        }
        let how = (&print.settings, &options);
        let printed = print_history(&history, &nodes, &statements, traces, how, args.allow_uncertain);
        findings.extend(printed.findings);
        if !findings.is_empty() {
            continue;
        }
        let text = formatted(context, printed.text);
        let text = match print.patch {
            Some(patch) => apply_patch_file(&text, patch, &sources),
            None => Ok(text),
        };
        match text {
            Ok(text) => texts.push((print, output, text)),
            Err(finding) => findings.push(*finding),
        }
    }
    if !findings.is_empty() {
        return Err(Box::new(Failure { exit: Exit::History, findings, sources }));
    }
    let mut outdated = Vec::new();
    for (print, output, text) in texts {
        put(context, args, print, output, text, &mut outdated)?;
    }
    if outdated.is_empty() {
        return Ok(Exit::Done);
    }
    Err(Box::new(Failure { exit: Exit::No, findings: outdated, sources }))
}

/// Where a text goes.
enum Output {
    /// To standard output.
    Shown,
    /// To a file.
    File(PathBuf),
    /// Nobody asked for it.
    Nowhere,
}

/// What is to be printed, as diesel.toml and the flags say.
fn prints(
    context: &Context,
    args: &PrintSchema,
    variable: Option<String>,
    sources: &mut Sources,
) -> Result<Vec<Print>> {
    let named = args.diesel_toml.clone().or(variable.map(PathBuf::from));
    let is_named = named.is_some();
    let file = match named {
        Some(file) => Some(file),
        None => migrate_schema::find_diesel_toml(&context.cwd).map(|file| {
            let folder = file.parent().unwrap_or(&context.cwd);
            config::from(&context.cwd, folder).join("diesel.toml")
        }),
    };
    let mut findings = Vec::new();
    let read = migrate_schema::load_print_config(file.as_deref(), history::shown, sources, &mut findings);
    if !findings.is_empty() {
        if let (Some(finding), true) = (findings.last_mut(), read.looked_at.is_empty() && is_named) {
            finding.helps.push("`--diesel-toml`, or `DIESEL_CONFIG_FILE`, names the file".to_owned());
        }
        return Err(Box::new(Failure { exit: Exit::Usage, findings, sources: std::mem::take(sources) }));
    }
    let mut prints = read.prints;
    let known: Vec<String> = prints.iter().map(|print| format!("`{}`", print.settings.key)).collect();
    if let Some(unknown) =
        args.schema_key.iter().find(|key| !prints.iter().any(|print| print.settings.key == **key))
    {
        return Err(Failure::usage(
            "unknown-schema-key",
            format!("diesel.toml has no `[print_schema.{unknown}]`"),
        )
        .help(format!("it has {}", known.join(", "))));
    }
    prints.retain(|print| args.schema_key.is_empty() || args.schema_key.contains(&print.settings.key));
    if args.only_tables || args.except_tables {
        let filter = filter(args)?;
        prints.iter_mut().for_each(|print| print.settings.filter = filter.clone());
    } else if !args.tables.is_empty() {
        return Err(Failure::usage("usage", "patterns of tables need `--only-tables` or `--except-tables`"));
    }
    Ok(prints)
}

fn filter(args: &PrintSchema) -> Result<Filter> {
    let mut patterns = Vec::new();
    for pattern in &args.tables {
        patterns.push(regex_lite::Regex::new(pattern).map_err(|error| {
            Failure::usage("usage", format!("the pattern `{pattern}` is not understood: {error}"))
        })?);
    }
    Ok(if args.only_tables { Filter::Only(patterns) } else { Filter::Except(patterns) })
}

/// Where each goes.
fn outputs(args: &PrintSchema, prints: &[Print]) -> Result<Vec<Output>> {
    if let Some(file) = &args.output {
        if prints.len() > 1 {
            let message = "diesel.toml describes several files, and one is named";
            return Err(Failure::usage("usage", message).help("say which is meant with `--schema-key`"));
        }
        return Ok(prints.iter().map(|_| Output::File(file.clone())).collect());
    }
    if !args.write && !args.check {
        return Ok(prints.iter().map(|_| Output::Shown).collect());
    }
    if prints.iter().all(|print| print.file.is_none()) {
        return Err(Failure::usage("usage", "no file is named")
            .help("name it with `-o src/schema.rs`, or with `file = \"src/schema.rs\"` in `[print_schema]` of diesel.toml"));
    }
    let output = |print: &Print| match &print.file {
        Some(file) => Output::File(file.clone()),
        None => Output::Nowhere,
    };
    Ok(prints.iter().map(output).collect())
}

/// Puts a text where it belongs, or says that it is not there.
fn put(
    context: &Context,
    args: &PrintSchema,
    print: &Print,
    output: &Output,
    text: String,
    outdated: &mut Vec<Diagnostic>,
) -> Result {
    let key = print.settings.key.clone();
    let file = match output {
        Output::File(file) => file,
        Output::Shown if context.flags.json => {
            context.shell.line(Line::PrintedSchema { key, file: None, is_same: None, text }.text());
            return Ok(());
        }
        Output::Shown | Output::Nowhere => {
            context.shell.verbatim(text);
            return Ok(());
        }
    };
    let shown = history::shown(file);
    // A pipe has nothing to compare with, and would be waited for.
    let is_pipe = fs::metadata(file).is_ok_and(|there| !there.is_file() && !there.is_dir());
    let there = match (!is_pipe).then(|| fs::read_to_string(file)) {
        Some(Ok(there)) => Some(there),
        Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Failure::io("read", file, &error));
        }
        _ => None,
    };
    let is_same = there.as_ref().is_some_and(|there| there.lines().eq(text.lines()));
    if !is_same && !args.check {
        migrate_dir::write(file, &text).map_err(|error| Failure::unwritten(&error))?;
    }
    if !is_same && args.check {
        let message = match there {
            Some(_) => format!("`{shown}` is not what the migrations make"),
            None => format!("there is no file `{shown}`"),
        };
        let write = if args.output.is_some() { format!("-o {shown}") } else { "--write".to_owned() };
        let finding = Diagnostic::error(Code("schema-outdated"), message);
        outdated.push(finding.help(format!("`migrate print-schema {write}` writes it")));
        if !context.flags.json {
            let there = there.unwrap_or_default();
            let from_migrations = format!("{shown} (from the migrations)");
            let diff = TextDiff::from_lines(&there, &text);
            context.shell.verbatim(diff.unified_diff().header(&shown, &from_migrations));
        }
    }
    if context.flags.json {
        context
            .shell
            .line(Line::PrintedSchema { key, file: Some(shown), is_same: Some(is_same), text }.text());
        return Ok(());
    }
    match (is_same, args.check) {
        (true, true) => context.shell.status("Checked", format_args!("{shown} is what the migrations make")),
        (true, false) => context.shell.status("Unchanged", shown),
        (false, false) => context.shell.status("Wrote", shown),
        (false, true) => {}
    }
    Ok(())
}

/// The text as the project's own rustfmt.toml wants it, if there is one: diesel's command hands its text to rustfmt.
fn formatted(context: &Context, text: String) -> String {
    let is_configured = migrate_dir::project::ancestors(&context.cwd)
        .any(|folder| ["rustfmt.toml", ".rustfmt.toml"].iter().any(|name| folder.join(name).is_file()));
    if !is_configured {
        return text;
    }
    match rustfmt(&context.cwd, &text) {
        Some(formatted) => formatted,
        None => {
            context
                .shell
                .warning("rustfmt failed; what it would make of the project's rustfmt.toml is not heeded");
            text
        }
    }
}

fn rustfmt(folder: &Path, text: &str) -> Option<String> {
    let mut child = Command::new("rustfmt")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    let text = text.to_owned();
    // It may write before it has read all.
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()).is_ok());
    let output = child.wait_with_output().ok()?;
    let is_done = writer.join().unwrap_or(false) && output.status.success();
    String::from_utf8(output.stdout).ok().filter(|_| is_done)
}
