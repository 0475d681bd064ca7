use crate::graph::testing::{graph, ids, nodes};

/// What a target names in a history, for a database at `rows`.
#[track_caller]
fn check(history: &str, rows: &str, target: &str, expect: &str) {
    let graph = graph(history);
    let resolved = match graph.resolve(&target.parse().expect(target), &nodes(&graph, rows)) {
        Ok(found) => ids(&graph, &found),
        Err(error) => format!("{error} | {}", error.helps().join(" | ")),
    };
    assert_eq!(resolved, expect);
}

const BLOG: &str = "1a2b; 3c4d (blog) <- 1a2b; 5e6f <- 3c4d; 1a77 <- 1a2b; shop (shopping)";

#[test]
fn places() {
    check(BLOG, "", "heads", "5e6f 1a77 shop");
    check(BLOG, "", "base", "");
    check(BLOG, "", "blog@head", "5e6f");
    check(BLOG, "", "blog@heads", "5e6f");
    check(BLOG, "", "1a2b@heads", "5e6f 1a77");
    check(BLOG, "3c4d shop", "current", "3c4d shop");
    check(BLOG, "3c4d shop", "blog@current", "3c4d");
    check(BLOG, "", "-1", "3c4d 1a2b");
    check(BLOG, "", "blog@-1", "3c4d");
    check("", "", "head", "");
    check(
        BLOG,
        "",
        "head",
        "`head` is ambiguous: the history has 3 heads, `5e6f` (blog), `1a77` and `shop` (shopping) | \
         name one (`blog@head`), take all (`heads`), or join them: `migrate merge heads -m \"...\"` | \
         or put a branch that no database has applied on top of the other: `migrate rebase 1a77 --onto 5e6f`",
    );
    check(
        BLOG,
        "",
        "1a2b@head",
        "`1a2b@head` is ambiguous: the branch `1a2b` has 2 heads, `5e6f` (blog) and `1a77` | \
         name one (`blog@head`), take both (`1a2b@heads`), or join them: `migrate merge 1a2b@heads -m \"...\"` | \
         or put a branch that no database has applied on top of the other: `migrate rebase 1a77 --onto 5e6f`",
    );
}

#[test]
fn long_lists_are_cut() {
    check(
        "a; b; c; d; e; f; g; h; i; j",
        "",
        "head",
        "`head` is ambiguous: the history has 10 heads, `a`, `b`, `c`, `d`, `e`, `f`, `g`, `h` and 2 more | \
         name one (`a`), take all (`heads`), or join them: `migrate merge heads -m \"...\"` | \
         or put a branch that no database has applied on top of the other: `migrate rebase b --onto a`",
    );
}

#[test]
fn names() {
    check(BLOG, "", "3c4d", "3c4d");
    check(BLOG, "", "blog", "3c4d");
    check(BLOG, "", "3", "3c4d");
    // An id and its revision's label start so: that is one revision.
    check(BLOG, "", "sho", "shop");
    check(BLOG, "", "blog@1", "1a2b");
    check(BLOG, "", "1a", "`1a` is ambiguous: `1a2b` and `1a77` start with it | write more of it");
    check(
        BLOG,
        "",
        "3d4c",
        "no revision or label starts with `3d4c` | the nearest is `3c4d`; `migrate history` lists all",
    );
    check(
        BLOG,
        "",
        "heda",
        "no revision or label starts with `heda` | the nearest is `head`; `migrate history` lists all",
    );
    check(
        BLOG,
        "",
        "zzzzzzzz",
        "no revision or label starts with `zzzzzzzz` | `migrate history` lists all revisions",
    );
    check(
        BLOG,
        "",
        "blug@head",
        "no branch is called `blug` | the nearest is `blog`; `migrate branches` lists all",
    );
    check(BLOG, "", "blog@1a77", "`1a77` is not on the branch `blog` | `1a77` alone names it");
    check(
        BLOG,
        "",
        "3c4d+1",
        "`3c4d+1` does not name a revision here | name an id, a label, `head`, `heads` or `base`",
    );
}

#[test]
fn a_name_with_a_hyphen_is_a_name_first() {
    let history = "v1; v1-1 <- v1; v2 <- v1-1; v2-1-fix <- v2; w-1-fix <- v2-1-fix";
    check(history, "", "v1-1", "v1-1");
    check(history, "", "w-1", "w-1-fix");
    check(
        history,
        "",
        "v2-1",
        "`v2-1` is ambiguous: `v2-1-fix` starts with it, and it is a step down from `v2` | \
         write the whole of `v2-1-fix`, or name the revision below `v2`",
    );
    let graph = graph(history);
    let plan = graph.upgrade(&[], &["v2-2".parse().expect("it is a target")]).expect("`v2-2` is `v1`");
    assert_eq!(ids(&graph, &plan.rows_after), "v1");
}

#[test]
fn steps_that_lead_nowhere_say_why() {
    let check = |rows: &str, target: &str, expect: &str| {
        let graph = graph("a; b1 (one) <- a; b2 <- a; m <- b1 b2; other");
        let rows = nodes(&graph, rows);
        let target = target.parse().expect(target);
        let up = graph.upgrade(&rows, std::slice::from_ref(&target)).err();
        let down = graph.downgrade(&rows, &target).err();
        let tell = |error: crate::graph::step::PlanError| format!("{error} | {}", error.helps().join(" | "));
        assert_eq!(
            format!("{}\n{}", up.map_or_else(String::new, tell), down.map_or_else(String::new, tell)),
            expect
        );
    };
    let not_up = |target| format!("`{target}` is not a step up | `+1` is one step up");
    let not_down = |target| format!("`{target}` is not a step down | `-1` is one step down");
    let name_it = "name an id, a label, `head`, `heads` or `base`";
    let here = format!("`current` does not name a revision here | {name_it}");
    check("a", "current", &format!("{here}\n{here}"));
    check("a", "+0", &format!("{}\n{}", not_up("+0"), not_down("+0")));
    check(
        "a",
        "+1",
        &format!(
            "`+1` is ambiguous: from `a` the way leads to `b1` and `b2` | name the line, as in `b1@...`, or the revision itself\n{}",
            not_down("+1")
        ),
    );
    check(
        "m",
        "-1",
        &format!(
            "{}\n`-1` is ambiguous: from `m` the way leads to `b1` and `b2` | name the line, as in `b1@...`, or the revision itself",
            not_up("-1")
        ),
    );
    let two = "the database is at `b1` and `b2` | name the line:";
    check("b1 b2", "a@+1", &format!("`a@+1` is ambiguous: {two} `b1@+1`\n{}", not_down("a@+1")));
    check("b1 b2", "-1", &format!("{}\n`-1` is ambiguous: {two} `b1@-1`", not_up("-1")));
    let shows = "`migrate history -i` shows where the database is";
    check(
        "other",
        "one@-1",
        &format!(
            "{}\n`one@-1` leads nowhere: nothing of the branch `one` is applied | {shows}",
            not_up("one@-1")
        ),
    );
    check(
        "",
        "-1",
        &format!("{}\n`-1` leads too far: nothing comes before `base` that way | {shows}", not_up("-1")),
    );
    let far = format!("`m+1` leads too far: nothing comes after `m` that way | {shows}");
    check("m", "m+1", &format!("{far}\n{far}"));
}
