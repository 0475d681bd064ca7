//! Every colour, named by what it means.

use std::fmt;

use anstyle::{AnsiColor, Style};

/// Something is done; a head; the verb of a status line.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// An id, a path, a command.
pub(crate) const NAME: Style = AnsiColor::Cyan.on_default();
/// A branch label.
pub(crate) const LABEL: Style = AnsiColor::Magenta.on_default();
/// A warning.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// An error.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// Where the database is.
pub(crate) const CURRENT: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();

/// A text with its style; whoever writes it to a stream without colours strips them.
pub(crate) struct Painted<T>(pub(crate) Style, pub(crate) T);

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(style, text) = self;
        write!(f, "{style}{text}{style:#}")
    }
}

/// The colours of `--help`.
pub(crate) const HELP: clap::builder::Styles = clap::builder::Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());
