//! How the command ends: the numbers that scripts and deployments branch on.
//!
//! They are part of the interface: a number never changes its meaning.

/// What the command's end means, as its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done, or there was nothing to do.
    Done = 0,
    /// The answer is no: `check`, `verify`, `status --exit-code`, `diff --exit-code`, `current --check-heads`,
    /// `print-schema --check`.
    No = 1,
    /// The command line, the configuration or the environment is wrong.
    Usage = 2,
    /// The history is broken, was edited, or does not know what the database has applied.
    History = 3,
    /// The database refused a statement. Nothing is half recorded, and the state is told.
    Statement = 4,
    /// Another process kept the lock for longer than `--lock-timeout`.
    Lock = 5,
    /// The database could not be reached, or not within `--wait`.
    Unreachable = 6,
    /// A revision is unfinished and needs `resolve`.
    Unfinished = 7,
    /// A safety rule refused.
    Refused = 8,
    /// Stopped by Ctrl-C (SIGINT), between two statements.
    Interrupted = 130,
    /// Stopped by SIGTERM, between two statements.
    Terminated = 143,
}

impl Exit {
    /// The number.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

/// The table of the exit codes as `--help` shows it.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done, or nothing to do
  1  the answer is no (`check`, `verify`, `status --exit-code`, `diff --exit-code`,
     `current --check-heads`, `print-schema --check`)
  2  wrong command line or configuration
  3  the history is broken, edited, or behind the database
  4  the database refused a statement; the state of the database is told
  5  the lock was not obtained in time
  6  the database was not reachable in time
  7  an unfinished revision needs `migrate resolve`
  8  refused by a safety rule
  130, 143  interrupted, cleanly";

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_help() {
        use Exit::*;
        for exit in [
            Done,
            No,
            Usage,
            History,
            Statement,
            Lock,
            Unreachable,
            Unfinished,
            Refused,
            Interrupted,
            Terminated,
        ] {
            let number = exit.code().to_string();
            let listed = HELP.lines().any(|line| {
                line.trim()
                    .split("  ")
                    .next()
                    .is_some_and(|codes| codes.split(", ").any(|code| code == number))
            });
            assert!(listed, "{number}");
        }
    }
}
