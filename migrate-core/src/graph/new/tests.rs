use super::super::testing::{graph, ids};
use super::*;

const HISTORY: &str = "a; b (blog) <- a; c <- b; s (shop) <- a; t <- s & c";

/// What a revision with these targets builds on, then what it depends on, or the error.
fn check(command: &str, expect: &str) {
    let graph = graph(HISTORY);
    let (options, targets): (Vec<&str>, Vec<&str>) =
        command.split_whitespace().skip(1).partition(|word| word.starts_with("--"));
    let values = |name: &str| {
        let named = options.iter().filter_map(|option| option.strip_prefix(name)?.strip_prefix('='));
        named.map(str::to_owned).collect::<Vec<_>>()
    };
    let parse = |text: &str| text.parse::<Target>().unwrap();
    let targets: Vec<Target> = targets.into_iter().map(parse).collect();
    let depends_on: Vec<Target> = values("--depends-on").iter().map(|text| parse(text)).collect();
    let (id, labels) = (values("--rev-id").pop(), values("--label"));
    let wish = Wish {
        id: id.as_deref(),
        labels: &labels,
        targets: &targets,
        depends_on: &depends_on,
        splice: options.contains(&"--splice"),
    };
    let place = if command.starts_with("merge") { graph.place_merge(wish) } else { graph.place(wish) };
    let found = match place {
        Ok(place) => {
            let implied: String = place.implied.iter().map(|implied| format!("; {implied}")).collect();
            format!("{} & {}{implied}", ids(&graph, &place.parents), place.depends_on.join(" "))
        }
        Err(error) => format!("{error}; {}", error.helps().join("; ")),
    };
    assert_eq!(found.trim_matches([' ', '&', ';']), expect.trim_start_matches("& "), "{command}");
}

#[test]
fn a_revision_builds_on_heads() {
    check("revision shop@head", "t");
    check("revision heads", "t");
    check("revision c t", "c t");
    check("revision base", "");
    check("revision -1 --splice", "s");
    check(
        "revision",
        "`head` is ambiguous: the history has 2 heads, `c` (blog) and `t` (shop); name one (`blog@head`), take both \
         (`heads`), or join them: `migrate merge heads -m \"...\"`; or put a branch that no database has applied on top of \
         the other: `migrate rebase t --onto c`",
    );
    check("revision a", "`a` is not a head: `b` and `s` build on it; `--splice` makes a branch there");
    check("revision a --splice", "a");
}

#[test]
fn a_merge_joins_at_least_two() {
    check("merge heads", "c t");
    check("merge t c", "t c");
    check("merge b s --splice", "b s");
    check(
        "merge t",
        "a merge joins several revisions, and there is only `t`; `migrate heads` lists what can be joined",
    );
    check(
        "merge base",
        "a merge joins several revisions, and there is none; `migrate heads` lists what can be joined",
    );
    check("merge c t c", "`c` is named twice; name each revision once; `heads` are all of them");
    check("merge t a --splice", "`a` is part of `t` already; `t` alone brings both");
    check("merge a t --splice", "`a` is part of `t` already; `t` alone brings both");
}

#[test]
fn a_dependency_is_written_as_it_is_named() {
    check("revision base --depends-on=blog --depends-on=s", "blog s");
    check("revision base --depends-on=shop@head", "t");
    check(
        "revision base --depends-on=base",
        "`base` is not one revision to depend on; name an id or a label; several dependencies are several \
         `--depends-on`",
    );
}

#[test]
fn a_dependency_that_says_nothing_new_is_told() {
    check("revision c --depends-on=b", "c & b; `b` comes before the new revision anyway, through `c`");
    check("revision c --depends-on=s", "c & s");
    check("revision base --depends-on=b --depends-on=b", "& b b; `b` comes before the new revision anyway");
    let through_t = "`b` comes before the new revision anyway, through `t`";
    check("revision base --depends-on=t --depends-on=blog", &format!("& t blog; {through_t}"));
    check("revision base --depends-on=blog --depends-on=t", &format!("& blog t; {through_t}"));
    check(
        "merge c s --splice --depends-on=blog",
        "c s & blog; `b` comes before the new revision anyway, through `c`",
    );
}

#[test]
fn names_have_to_be_free() {
    check("revision heads --rev-id=a", "there is a revision `a` already");
    check("revision heads --rev-id=blog", "`blog` cannot be a revision id: it is a branch label of `b`");
    check(
        "revision heads --rev-id=a:b",
        "`a:b` cannot be a revision id: ids are made of `A-Z a-z 0-9 _ -`, not of `:`",
    );
    check("revision heads --label=shop", "`shop` cannot be a branch label: `s` carries it already");
    check("revision heads --label=a", "`a` cannot be a branch label: there is a revision of that name");
    check("revision heads --label=n --label=n", "the branch label `n` is named twice");
    check(
        "revision heads --rev-id=n --label=n",
        "`n` cannot be a branch label: it is the id of the new revision",
    );
    check(
        "revision heads --label=head",
        "`head` cannot be a branch label: the word means something else as a target",
    );
}
