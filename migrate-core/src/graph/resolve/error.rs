//! Why a target means nothing, in words.

use std::fmt;

/// A head and how to name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedHead {
    /// Its id.
    pub id: String,
    /// A label with which `<label>@head` is this head.
    pub label: Option<String>,
}

/// Why a target means nothing, or nothing definite, in this history and at this place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResolveError {
    /// No id or label is this, or starts with it.
    UnknownRevision {
        /// What was written.
        name: String,
        /// What is spelled nearly so.
        nearest: Option<String>,
    },
    /// The revision was replaced, together with others, and is no place any more.
    Replaced {
        /// Its id.
        name: String,
        /// The revision that replaced it.
        by: String,
    },
    /// No id or label of a branch starts with this, though others do.
    UnknownOnBranch {
        /// What was written.
        name: String,
        /// The branch as written.
        branch: String,
        /// What starts with it elsewhere.
        elsewhere: Vec<String>,
    },
    /// What stands before an `@` is no label, id or the start of one.
    UnknownBranch {
        /// What was written.
        name: String,
        /// What is spelled nearly so.
        nearest: Option<String>,
    },
    /// Several ids or labels start so.
    AmbiguousPrefix {
        /// What was written.
        prefix: String,
        /// What it may mean.
        candidates: Vec<String>,
    },
    /// `abc-1` is the start of an id, and may also mean "one below `abc`".
    AmbiguousReading {
        /// What was written.
        text: String,
        /// An id or label that starts so.
        name: String,
        /// What the other reading counts down from.
        from: String,
    },
    /// The revision exists, on another line than the branch asked for.
    NotInBranch {
        /// Its id.
        revision: String,
        /// The branch as written.
        branch: String,
    },
    /// One head is wanted and there are several.
    SeveralHeads {
        /// The target as written.
        target: String,
        /// The branch that has them, if one was asked for.
        branch: Option<String>,
        /// The first [`MAX_LISTED`] of the heads.
        heads: Vec<NamedHead>,
        /// How many there are.
        n_heads: usize,
        /// Whether a target of several revisions is possible here.
        several_will_do: bool,
    },
    /// There are not so many revisions above, or below.
    OutOfRange {
        /// The target as written.
        target: String,
        /// Where the walk ended, a revision or `base`.
        last: String,
    },
    /// The way up, or down, forks.
    AmbiguousWalk {
        /// The target as written.
        target: String,
        /// Where it forks, a revision or `base`.
        at: String,
        /// The next revisions.
        choices: Vec<String>,
    },
    /// Steps from where the database is, but it is at several revisions.
    AmbiguousCurrent {
        /// The target as written.
        target: String,
        /// Where the database is.
        rows: Vec<String>,
        /// How many steps were asked for.
        steps: i32,
    },
    /// No step, or steps up to downgrade, or down to upgrade.
    NoStep {
        /// The target as written.
        target: String,
        /// Whether steps up are wanted.
        up: bool,
    },
    /// A branch of which the database has applied nothing to step down from.
    NothingApplied {
        /// The target as written.
        target: String,
        /// The branch as written.
        branch: String,
    },
    /// Here a revision has to be named: `current`, or steps, have no meaning.
    NotHere {
        /// The target as written.
        target: String,
    },
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownRevision { name, .. } => write!(f, "no revision or label starts with `{name}`"),
            Self::Replaced { name, by } => write!(f, "`{name}` was replaced by `{by}`, which was squashed"),
            Self::UnknownOnBranch { name, branch, .. } => {
                write!(f, "nothing on the branch `{branch}` starts with `{name}`")
            }
            Self::UnknownBranch { name, .. } => write!(f, "no branch is called `{name}`"),
            Self::AmbiguousPrefix { prefix, candidates } => {
                write!(f, "`{prefix}` is ambiguous: {} start with it", quoted(candidates))
            }
            Self::AmbiguousReading { text, name, from } => {
                write!(
                    f,
                    "`{text}` is ambiguous: `{name}` starts with it, and it is a step down from `{from}`"
                )
            }
            Self::NotInBranch { revision, branch } => {
                write!(f, "`{revision}` is not on the branch `{branch}`")
            }
            Self::SeveralHeads { target, branch, heads, n_heads, .. } => {
                let whose = branch.as_ref().map_or("the history".to_owned(), |b| format!("the branch `{b}`"));
                let heads_named = heads.iter().map(|head| match &head.label {
                    Some(label) => format!("`{}` ({label})", head.id),
                    None => format!("`{}`", head.id),
                });
                let heads = list(heads_named.collect(), *n_heads);
                write!(f, "`{target}` is ambiguous: {whose} has {n_heads} heads, {heads}")
            }
            Self::OutOfRange { target, last } => {
                let sign = target.trim_end_matches(|c: char| c.is_ascii_digit()).chars().next_back();
                let side = if sign == Some('-') { "before" } else { "after" };
                write!(f, "`{target}` leads too far: nothing comes {side} `{last}` that way")
            }
            Self::AmbiguousWalk { target, at, choices } => {
                write!(f, "`{target}` is ambiguous: from `{at}` the way leads to {}", quoted(choices))
            }
            Self::AmbiguousCurrent { target, rows, .. } => {
                write!(f, "`{target}` is ambiguous: the database is at {}", quoted(rows))
            }
            Self::NoStep { target, up } => {
                write!(f, "`{target}` is not a step {}", if *up { "up" } else { "down" })
            }
            Self::NothingApplied { target, branch } => {
                write!(f, "`{target}` leads nowhere: nothing of the branch `{branch}` is applied")
            }
            Self::NotHere { target } => write!(f, "`{target}` does not name a revision here"),
        }
    }
}

impl std::error::Error for ResolveError {}

impl ResolveError {
    /// What to do.
    pub fn helps(&self) -> Vec<String> {
        let help = match self {
            Self::UnknownRevision { nearest: Some(nearest), .. } => {
                format!("the nearest is `{nearest}`; `migrate history` lists all")
            }
            Self::UnknownBranch { nearest: Some(nearest), .. } => {
                format!("the nearest is `{nearest}`; `migrate branches` lists all")
            }
            Self::Replaced { by, .. } => format!("name `{by}`, or what it builds on"),
            Self::UnknownRevision { .. } => "`migrate history` lists all revisions".to_owned(),
            Self::UnknownBranch { .. } => "before the `@` stands a label or a revision".to_owned(),
            Self::UnknownOnBranch { elsewhere, .. } => {
                let verb = if elsewhere.len() == 1 { "does, but is" } else { "do, but are" };
                format!("{} {verb} on another line", quoted(elsewhere))
            }
            Self::AmbiguousPrefix { .. } => "write more of it".to_owned(),
            Self::AmbiguousReading { name, from, .. } => {
                format!("write the whole of `{name}`, or name the revision below `{from}`")
            }
            Self::NotInBranch { revision, .. } => format!("`{revision}` alone names it"),
            Self::SeveralHeads { branch, heads, n_heads, several_will_do: true, .. } => {
                let labelled = heads.iter().find_map(|head| head.label.as_ref());
                let one = match (labelled, heads.first()) {
                    (Some(label), _) => format!("{label}@head"),
                    (None, Some(head)) => head.id.clone(),
                    (None, None) => String::new(),
                };
                let all = if *n_heads == 2 { "both" } else { "all" };
                let heads = branch.as_ref().map_or("heads".to_owned(), |branch| format!("{branch}@heads"));
                format!(
                    "name one (`{one}`), take {all} (`{heads}`), or join them: `migrate merge {heads} -m \"...\"`"
                )
            }
            Self::SeveralHeads { .. } => "name one of them by its id".to_owned(),
            Self::OutOfRange { .. } | Self::NothingApplied { .. } => {
                "`migrate history -i` shows where the database is".to_owned()
            }
            Self::AmbiguousWalk { choices, .. } => {
                let first = choices.first().map_or("", String::as_str);
                format!("name the line, as in `{first}@...`, or the revision itself")
            }
            Self::AmbiguousCurrent { rows, steps, .. } => {
                let first = rows.first().map_or("", String::as_str);
                format!("name the line: `{first}@{steps:+}`")
            }
            Self::NoStep { up: true, .. } => "`+1` is one step up".to_owned(),
            Self::NoStep { up: false, .. } => "`-1` is one step down".to_owned(),
            Self::NotHere { .. } => "name an id, a label, `head`, `heads` or `base`".to_owned(),
        };
        let rebase = match self {
            Self::SeveralHeads { heads, several_will_do: true, .. } => match &heads[..] {
                [first, second, ..] => Some(format!(
                    "or put a branch that no database has applied on top of the other: `migrate rebase {} --onto {}`",
                    second.id, first.id
                )),
                _ => None,
            },
            _ => None,
        };
        std::iter::once(help).chain(rebase).collect()
    }
}

/// How many names an error lists before it says how many more there are.
pub const MAX_LISTED: usize = 8;

/// `` `a`, `b` and `c` ``.
pub(in crate::graph) fn quoted(items: &[String]) -> String {
    list(items.iter().take(MAX_LISTED).map(|item| format!("`{item}`")).collect(), items.len())
}

/// "a, b and c", or with many "a, b, ... and 5 more".
fn list(mut shown: Vec<String>, n_all: usize) -> String {
    let more = n_all - shown.len();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    match &shown[..] {
        [init @ .., last] if !init.is_empty() => format!("{} and {last}", init.join(", ")),
        one_or_none => one_or_none.concat(),
    }
}
