//! Programs that the project runs on a new file: formatters, linters, `git add`.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::context::Context;
use crate::failure::{Failure, Result, io_reason};
use crate::layer::Hook;
use crate::settings::Settings;

/// What stands for the path of the new file.
const FILE: &str = "{file}";

/// Runs the hooks of the configuration on the file, one after the other, in the folder of the configuration. The path is an
/// absolute one: hooks run elsewhere.
///
/// Their output goes to standard error: standard output has the file's path.
///
/// # Errors
///
/// - A hook cannot be started or does not succeed; those after it are not run.
pub(crate) fn run(context: &Context, settings: &Settings, file: &Path, shown_file: &str) -> Result {
    let hooks = settings.layer.post_write_hooks.as_deref().unwrap_or_default();
    for hook in hooks {
        let shown = hook.join(" ");
        context.shell.status("Running", &shown);
        let failed = |why: String| {
            Failure::usage("hook-failed", format!("the hook `{shown}` failed: {why}"))
                .note(format!("the file was written before: {shown_file}"))
        };
        let root = if settings.root.as_os_str().is_empty() { Path::new(".") } else { &settings.root };
        let status = Command::new(&hook[0])
            .args(arguments(hook, file))
            .current_dir(root)
            .stdin(Stdio::null())
            .stdout(std::io::stderr())
            .status();
        match status {
            Ok(status) if status.success() => {}
            Ok(status) => return Err(failed(status.to_string())),
            Err(error) => {
                return Err(failed(io_reason(&error)).help(
                    "`post_write_hooks` in the configuration names it; it has to be a program on the `PATH`",
                ));
            }
        }
    }
    Ok(())
}

/// The hook's arguments with the path in its places, or behind them.
fn arguments(hook: &Hook, file: &Path) -> Vec<OsString> {
    let text = file.to_string_lossy();
    let mut arguments: Vec<OsString> = hook[1..]
        .iter()
        .map(|argument| match argument.as_str() {
            FILE => file.into(),
            argument => argument.replace(FILE, &text).into(),
        })
        .collect();
    if !hook.iter().any(|argument| argument.contains(FILE)) {
        arguments.push(file.into());
    }
    arguments
}
