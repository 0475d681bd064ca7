//! Pipes, full disks and colours.

use crate::project::Project;

#[test]
fn a_closed_pipe_is_quiet() {
    use std::io::Read as _;
    use std::process::Stdio;

    let mut project = Project::empty().revision("r0", "<base>", "t0");
    for number in 1..2000 {
        project = project.revision(&format!("r{number}"), &format!("r{}", number - 1), &format!("t{number}"));
    }
    let mut child =
        project.command(&["history"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut start = [0; 10];
    child.stdout.take().expect("a pipe").read_exact(&mut start).expect("some history");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr)), (Some(0), "".into()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_not_success() {
    let project = Project::line();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let output = project.command(&["history"]).stdout(full).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("cannot write to standard output: no space left on device"), "{text}");
}

#[test]
fn colours_only_where_they_are_wanted() {
    let project = Project::line();
    assert!(!project.ok(&["history"]).contains('\x1b'));
    assert!(project.ok(&["history", "--color", "always"]).contains("\x1b[36ma1\x1b[0m"));
    assert!(!project.ok(&["history", "--color=never"]).contains('\x1b'));
    let project = project.variable("NO_COLOR", "1").variable("CLICOLOR_FORCE", "1");
    assert!(!project.ok(&["history"]).contains('\x1b'));
}
