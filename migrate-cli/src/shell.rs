//! The only writer to standard output and standard error.
//!
//! Standard output carries what was asked for, standard error the conversation. A closed pipe is quiet: whoever reads
//! `migrate history | head` has what they wanted. Handles share one shell, because events, notices and signals arrive
//! from elsewhere.

use std::fmt::Display;
use std::io::{BufWriter, ErrorKind, IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use anstream::{AutoStream, ColorChoice};
use anstyle::Style;

use crate::args::ColorWhen;
use crate::failure::{Failure, io_reason};
use crate::style::{self, Painted};

/// How much of standard output is collected before it is written.
const OUT_BUFFER: usize = 64 * 1024;

/// A handle to the terminal.
#[derive(Clone)]
pub(crate) struct Shell(Arc<Shared>);

struct Shared {
    streams: Mutex<Streams>,
    released: Condvar,
}

/// Keeps the shell for one thread until it is dropped.
pub(crate) struct Reserved<'s>(&'s Shell);

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        self.0.streams().reserved = None;
        self.0.0.released.notify_all();
    }
}

struct Streams {
    /// The buffer is below the stream that takes colours out, which writes in small pieces.
    out: AutoStream<Box<dyn Write + Send>>,
    err: AutoStream<std::io::Stderr>,
    quiet: bool,
    /// Whether a line that will be redrawn stands on the terminal.
    transient: bool,
    redraws: bool,
    /// Why standard output takes no more; a closed pipe has no reason to be told.
    out_failed: Option<Option<String>>,
    /// The thread that has the shell for itself.
    reserved: Option<ThreadId>,
}

impl Shell {
    /// A shell on the process's streams.
    pub(crate) fn new(color: ColorWhen, quiet: bool) -> Self {
        let choice = |terminal: ColorChoice| match color {
            ColorWhen::Auto => terminal,
            ColorWhen::Always => ColorChoice::Always,
            ColorWhen::Never => ColorChoice::Never,
        };
        let (out, err) = (std::io::stdout(), std::io::stderr());
        let out_choice = match choice(ColorChoice::Auto) {
            ColorChoice::Auto => AutoStream::choice(&out),
            decided => decided,
        };
        let out: Box<dyn Write + Send> = Box::new(BufWriter::with_capacity(OUT_BUFFER, out));
        let redraws = err.is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let streams = Mutex::new(Streams {
            out: AutoStream::new(out, out_choice),
            err: AutoStream::new(err, choice(ColorChoice::Auto)),
            quiet,
            transient: false,
            redraws,
            out_failed: None,
            reserved: None,
        });
        Self(Arc::new(Shared { streams, released: Condvar::new() }))
    }

    /// Lets nobody but this thread write until the answer is dropped: what others have to say comes after it.
    pub(crate) fn reserve(&self) -> Reserved<'_> {
        self.streams().reserved = Some(thread::current().id());
        Reserved(self)
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        let streams = self.0.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let is_others =
            |streams: &mut Streams| streams.reserved.is_some_and(|thread| thread != thread::current().id());
        self.0.released.wait_while(streams, is_others).unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a line of what was asked for.
    pub(crate) fn line(&self, line: impl Display) {
        self.text(format_args!("{line}\n"));
    }

    /// Writes what was asked for, with its own line breaks.
    pub(crate) fn text(&self, text: impl Display) {
        let mut streams = self.streams();
        streams.clear_transient();
        if streams.out_failed.is_none() {
            let written = write!(streams.out, "{text}");
            streams.note_failure(written);
        }
    }

    /// Writes what was asked for byte by byte: where escape sequences are left out they would be missing from a text for
    /// machines.
    pub(crate) fn verbatim(&self, text: impl Display) {
        let mut streams = self.streams();
        streams.clear_transient();
        if streams.out_failed.is_none() {
            let written = streams.out.flush().and_then(|()| {
                let mut out = BufWriter::with_capacity(OUT_BUFFER, std::io::stdout().lock());
                write!(out, "{text}").and_then(|()| out.flush())
            });
            streams.note_failure(written);
        }
    }

    /// Whether nobody reads what is written: the command may stop early.
    pub(crate) fn is_closed(&self) -> bool {
        self.streams().out_failed.is_some()
    }

    /// Whether errors are shown in colour.
    pub(crate) fn colors_errors(&self) -> bool {
        self.streams().err.current_choice() != ColorChoice::Never
    }

    /// Tells what happened: a verb of at most 12 letters, right-aligned, and what it is about.
    pub(crate) fn status(&self, verb: &str, about: impl Display) {
        self.styled_status(style::GOOD, verb, about);
    }

    /// [`Shell::status`] with another colour.
    pub(crate) fn styled_status(&self, style: Style, verb: &str, about: impl Display) {
        self.conversation(format_args!("{} {about}", Painted(style, format_args!("{verb:>12}"))));
    }

    /// A fact beside the result.
    pub(crate) fn note(&self, note: impl Display) {
        self.conversation(format_args!("{}: {note}", Painted(style::CURRENT, "note")));
    }

    /// Something that somebody should look at.
    pub(crate) fn warning(&self, warning: impl Display) {
        self.conversation(format_args!("{}: {warning}", Painted(style::WARNING, "warning")));
    }

    /// A line of the conversation as it is.
    pub(crate) fn tell(&self, line: impl Display) {
        self.conversation(line);
    }

    /// A line to standard error unless it is to be quiet.
    fn conversation(&self, line: impl Display) {
        let mut streams = self.streams();
        if !streams.quiet {
            streams.clear_transient();
            // Nobody listens on a closed standard error, and there is nobody to tell.
            let _ = writeln!(streams.err, "{line}");
        }
    }

    /// A line to standard error, also when it is to be quiet.
    pub(crate) fn error(&self, text: impl Display) {
        let mut streams = self.streams();
        streams.clear_transient();
        let _ = streams.out.flush();
        let _ = writeln!(streams.err, "{text}");
    }

    /// Shows what is going on; the next line of any kind replaces it. Nothing where lines cannot be redrawn.
    pub(crate) fn transient(&self, verb: &str, about: &str) {
        let mut streams = self.streams();
        if streams.redraws && !streams.quiet {
            streams.clear_transient();
            let width = terminal_size::terminal_size_of(std::io::stderr())
                .map_or(80, |(width, _)| usize::from(width.0));
            let about: String = about
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .take(width.saturating_sub(14))
                .collect();
            let _ = write!(streams.err, "{} {about}", Painted(style::NAME, format_args!("{verb:>12}")));
            let _ = streams.err.flush();
            streams.transient = true;
        }
    }

    /// Whether somebody is there to answer a question.
    pub(crate) fn can_ask(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Asks a question that only a `y` answers with yes; `None` where nobody is there to answer.
    pub(crate) fn ask(&self, question: impl Display) -> Option<bool> {
        if !self.can_ask() {
            return None;
        }
        let mut streams = self.streams();
        streams.clear_transient();
        let _ = streams.out.flush();
        let _ = write!(streams.err, "{question} [y/N] ");
        let _ = streams.err.flush();
        let mut answer = String::new();
        let read = std::io::stdin().read_line(&mut answer);
        Some(read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Writes out what is still held back.
    ///
    /// # Errors
    ///
    /// - Standard output took something not, as on a full disk; a closed pipe is none.
    pub(crate) fn finish(&self) -> Result<(), Box<Failure>> {
        let mut streams = self.streams();
        streams.clear_transient();
        let flushed = streams.out.flush();
        streams.note_failure(flushed);
        match &streams.out_failed {
            Some(Some(reason)) => {
                Err(Failure::usage("io", format!("cannot write to standard output: {reason}")))
            }
            _ => Ok(()),
        }
    }
}

impl Streams {
    fn clear_transient(&mut self) {
        if std::mem::take(&mut self.transient) {
            let _ = write!(self.err, "\r\x1b[K");
        }
    }

    fn note_failure(&mut self, written: std::io::Result<()>) {
        if let Err(error) = written
            && self.out_failed.is_none()
        {
            let closed = error.kind() == ErrorKind::BrokenPipe;
            self.out_failed = Some((!closed).then(|| io_reason(&error)));
        }
    }
}
